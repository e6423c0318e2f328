import assert from "node:assert/strict";
import { gpuTest } from "../support/device.ts";

/** Runs `bench train` and returns what it prints. */
async function benchTrain(...flags: string[]) {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--allow-read=.", "workflows/bench.ts"]
      .concat("train", "--steps", "2", "--json", ...flags),
  }).output();
  assert.ok(success);
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

gpuTest("bench train prints the speed, the losses and the time of every kernel", async () => {
  const found = await benchTrain("--shape", "peer", "--profile");
  const keys = ["adapter", "tokensPerSecond", "ms", "times", "loss", "profile"];
  assert.deepEqual(Object.keys(found), keys);
  assert.ok(found.tokensPerSecond > 0);
  assert.equal(found.loss.length, 2);
  const { spanMs, busyMs, idleShare, kernels } = found.profile;
  assert.ok(busyMs > 0 && busyMs <= spanMs && idleShare >= 0 && idleShare < 1);
  const names = kernels.map(({ name }: { name: string }) => name.split("/")[0]);
  assert.ok(names.some((name: string) => name.startsWith("matmul_")), names.join());
});

gpuTest("bench train --shape grpo compares a shared prompt with one an answer", async () => {
  const found = await benchTrain("--shape", "grpo");
  const keys = ["adapter", "tokensPerSecond", "ms", "times", "loss", "separate", "prefixSharing"];
  assert.deepEqual(Object.keys(found), keys);
  assert.equal(found.prefixSharing, found.separate.times[0] / found.times[0]);
  assert.ok(Math.abs(found.loss[1] - found.separate.loss[1]) < 1e-4);
});
