import assert from "node:assert/strict";
import { gpuTest } from "../support/device.ts";

gpuTest("bench sample prints both phases, the speed and the time of every kernel", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--allow-read=.", "workflows/bench.ts", "sample"]
      .concat("--sequences", "4", "--prompt", "8", "--tokens", "3", "--samples", "1", "--json"),
  }).output();
  assert.ok(success);
  const found = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  assert.deepEqual(found.rows.map(({ name }: { name: string }) => name), [
    "prompts and first token",
    "decode",
  ]);
  for (const row of found.rows) {
    assert.equal(row.shape, "4x8+3");
    for (const key of ["ms", "low", "high", "gflops", "gbps", "roofline"]) assert.ok(row[key] > 0);
  }
  assert.ok(found.decodeTokensPerSecond > 0 && found.tokensPerSecond > 0);
  const calls = new Map(
    found.profile.kernels.map(({ name, calls }: { name: string; calls: number }) => [name, calls]),
  );
  assert.equal(calls.get("sample/forward"), 3);
});
