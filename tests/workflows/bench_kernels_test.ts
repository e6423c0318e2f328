import assert from "node:assert/strict";
import { main as bench } from "../../workflows/bench.ts";
import { main } from "../../workflows/bench_kernels.ts";
import { gpuTest } from "../support/device.ts";

gpuTest("bench kernels prints the rows asked for and the roofline", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--allow-read=.", "workflows/bench.ts"]
      .concat("kernels", "--only", "matmul decode", "--samples", "1", "--json"),
  }).output();
  assert.ok(success);
  const found = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  assert.deepEqual(Object.keys(found), ["adapter", "roofline", "rows"]);
  assert.ok(found.roofline.gflops > 0 && found.roofline.gbps > 0);
  assert.ok(found.rows.length > 0);
  for (const row of found.rows) {
    assert.equal(row.name, "matmul decode");
    assert.match(row.shape, /^64x\d+x\d+ nt$/);
    for (const key of ["ms", "low", "high", "gflops", "gbps", "roofline"]) assert.ok(row[key] > 0);
  }
});

gpuTest("bench kernels refuses a name that no kernel starts with", async () => {
  await assert.rejects(
    main(["--only", "nothing"]),
    /ConfigError: Cannot time kernels: no name starts with "nothing"/,
  );
});

Deno.test("bench refuses a part that is not there", async () => {
  await assert.rejects(
    bench([]),
    /Cannot bench "": expected one of kernels, sample, sandbox, similarity, train/,
  );
  await assert.rejects(bench(["toString"]), /Cannot bench "toString"/);
});
