import assert from "node:assert/strict";
import { gpuTest } from "../support/device.ts";

gpuTest("bench train prints the speed, the losses and the time of every kernel", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--allow-read=.", "workflows/bench.ts"]
      .concat("train", "--shape", "peer", "--steps", "2", "--profile", "--json"),
  }).output();
  assert.ok(success);
  const found = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  assert.deepEqual(Object.keys(found), ["adapter", "tokensPerSecond", "ms", "loss", "profile"]);
  assert.ok(found.tokensPerSecond > 0);
  assert.equal(found.loss.length, 2);
  const { spanMs, busyMs, idleShare, kernels } = found.profile;
  assert.ok(busyMs > 0 && busyMs <= spanMs && idleShare >= 0 && idleShare < 1);
  const names = kernels.map(({ name }: { name: string }) => name.split("/")[0]);
  assert.ok(names.some((name: string) => name.startsWith("matmul_")), names.join());
});
