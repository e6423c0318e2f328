import assert from "node:assert/strict";
import { gpuTest } from "../support/device.ts";

gpuTest(
  "bench similarity prints the search and its products",
  async () => {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-prompt", "--allow-read=.", "workflows/bench.ts", "similarity"]
        .concat(
          "--queries",
          "8",
          "--references",
          "5000",
          "--dim",
          "16",
          "--samples",
          "1",
          "--json",
        ),
    }).output();
    assert.ok(success);
    const found = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
    assert.deepEqual(found.rows.map(({ name }: { name: string }) => name), [
      "cosine top-5",
      "its products",
    ]);
    for (const row of found.rows) {
      assert.equal(row.shape, "8x5000x16");
      for (const key of ["ms", "low", "high", "gflops", "gbps", "roofline"]) {
        assert.ok(
          row[key] > 0,
        );
      }
    }
    assert.ok(found.queriesPerSecond > 0 && found.ofCopyBandwidth > 0);
    const [search, products] = found.rows;
    assert.equal(found.timesItsProducts, search.ms / products.ms);
  },
);
