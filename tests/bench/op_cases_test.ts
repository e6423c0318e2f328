import assert from "node:assert/strict";
import { decodeCases, opCases } from "../../src/bench/mod.ts";
import { gpuTest } from "../support/device.ts";

gpuTest("every case of a kernel can be encoded, and frees what it takes", async (gpu) => {
  const before = gpu.allocatedBytes;
  const cases = [...opCases(), ...decodeCases(gpu)];
  const names = cases.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, bytes, open } of cases) {
    assert.ok(bytes > 0, name);
    using work = open(gpu);
    const pass = gpu.pass(name);
    work.encode(pass);
    assert.ok(pass.dispatches > 0, name);
    pass.submit();
  }
  const done = gpu.from("done", [1], Float32Array.of(1));
  assert.deepEqual(await gpu.read(done), Float32Array.of(1)); // throws what a case did wrong
  gpu.release(done);
  assert.equal(gpu.allocatedBytes, before);
});
