/** The arithmetic benchmark computes what it says, so that it measures what it says. */
import assert from "node:assert/strict";
import { fmaChains } from "../../src/ops/fma_chains.ts";
import { gpuTest } from "../support/device.ts";

gpuTest("fmaChains() runs every chain for every turn", async (gpu) => {
  const y = gpu.tensor("y", [70]);
  const pass = gpu.pass("chains");
  fmaChains(pass, y, 3);
  pass.submit();
  const values = await gpu.read(y);
  gpu.release(y);
  const chain = (x: number) => {
    for (let i = 0; i < 24; i++) x = x * 0.5 + 1;
    return x;
  };
  values.forEach((value, i) => {
    const expected = [0, 1, 2, 3].reduce((sum, start) => sum + 4 * chain(i / 2 ** 20 + start), 0);
    assert.ok(Math.abs(value - expected) <= 1e-5, `element ${i}: ${value} is not ${expected}`);
  });
});
