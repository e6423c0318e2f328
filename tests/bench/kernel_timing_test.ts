import assert from "node:assert/strict";
import { type KernelCase, matmulCases, opCases, timeCase, timeWork } from "../../src/bench/mod.ts";
import type { Gpu } from "../../src/gpu/mod.ts";
import { fmaChains } from "../../src/ops/mod.ts";
import { gpuTest } from "../support/device.ts";

function chains(gpu: Gpu, turns: number) {
  const y = gpu.tensor("y", [4096]);
  return {
    encode: (pass: Parameters<typeof fmaChains>[0]) => fmaChains(pass, y, turns),
    [Symbol.dispose]: () => gpu.release(y),
  };
}

gpuTest(
  "timeWork() gives one repetition's time, in order and without the cost of waiting",
  async (gpu) => {
    using short = chains(gpu, 1);
    using long = chains(gpu, 400);
    const few = await timeWork(gpu, short, 9); // the lowest of them counts, on a busy machine too
    const many = await timeWork(gpu, long, 3);
    for (const { low, ms, high } of [few, many]) assert.ok(low <= ms && ms <= high);
    assert.ok(few.low < 5, `${few.low} ms still hold the wait for the GPU`);
    assert.ok(many.low > 20 * few.low, `${many.low} ms against ${few.low} ms`);
  },
);

gpuTest("timeCase() divides the work by the time and compares with the roofline", async (gpu) => {
  const kernel: KernelCase = {
    name: "chains",
    shape: "4096",
    flops: 2e9,
    bytes: 1e9,
    open: () => chains(gpu, 10),
  };
  const before = gpu.allocatedBytes;
  const bound = async (roofline: { gflops: number; gbps: number }) =>
    await timeCase(gpu, kernel, { samples: 1, roofline });
  const row = await bound({ gflops: 10, gbps: 20 }); // 200 ms of arithmetic, 50 ms of memory
  assert.ok(Math.abs(row.gflops * row.ms - 2000) < 1e-6);
  assert.ok(Math.abs(row.gbps * row.ms - 1000) < 1e-6);
  assert.ok(Math.abs(row.roofline * row.ms - 200) < 1e-6);
  const memory = await bound({ gflops: 100, gbps: 2 }); // 20 ms of arithmetic, 500 ms of memory
  assert.ok(Math.abs(memory.roofline * memory.ms - 500) < 1e-6);
  assert.equal(gpu.allocatedBytes, before);
});

gpuTest(
  "matmulCases() holds the published cubes and every variant, and frees what it opens",
  (gpu) => {
    const before = gpu.allocatedBytes;
    const cases = matmulCases(gpu);
    const shapes = cases.filter(({ name }) => name === "matmul").map(({ shape }) => shape);
    for (const n of [256, 512, 1024]) assert.ok(shapes.includes(`${n}x${n}x${n} nt`));
    assert.ok(cases.some(({ name }) => name === "matmul_naive"));
    const mixed = cases.find(({ shape }) => shape === "1024x1024x1024 nn f32*f16")!;
    assert.equal(mixed.bytes, (4 + 2 + 4) * 1024 ** 2);
    assert.ok(
      cases.some(({ name, shape }) =>
        name === "matmul_workgroup64" && shape === "512x512x512 nt f16*f16"
      ),
    );
    for (const kernel of cases) kernel.open(gpu)[Symbol.dispose]();
    assert.equal(gpu.allocatedBytes, before);
  },
);

gpuTest("opCases() encodes every kernel and frees what it opens", async (gpu) => {
  const before = gpu.allocatedBytes;
  const pass = gpu.pass("ops");
  const opened = opCases().map((kernel) => kernel.open(gpu));
  for (const work of opened) work.encode(pass);
  pass.submit();
  await gpu.finish();
  for (const work of opened) work[Symbol.dispose]();
  assert.equal(gpu.allocatedBytes, before);
});
