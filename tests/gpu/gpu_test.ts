import assert from "node:assert/strict";
import { defineKernel, openGpu } from "../../src/gpu/mod.ts";
import { gpuTest } from "../support/device.ts";

const add = defineKernel(
  "add_first",
  `struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

@compute @workgroup_size(1)
fn forward() {
  for (var i = 0u; i < params.count; i++) { y[0] += x[i]; }
}
`,
);

gpuTest("read() returns what was uploaded, of every type", async (gpu) => {
  const arrays = [Float32Array.of(1.5, -0), Uint32Array.of(0xffffffff), Int32Array.of(-7, 8, 9)];
  const tensors = arrays.map((data) => gpu.from("x", [data.length], data));
  assert.deepEqual(tensors.map(({ dtype }) => dtype), ["f32", "u32", "i32"]);
  assert.deepEqual(await gpu.readAll(tensors), arrays);
  gpu.release(...tensors);
});

gpuTest("upload() overwrites the start of a tensor and refuses what is longer", async (gpu) => {
  const x = gpu.from("x", [4], Float32Array.of(1, 2, 3, 4));
  gpu.upload(x, Float32Array.of(9));
  assert.deepEqual(await gpu.read(x), Float32Array.of(9, 2, 3, 4));
  assert.throws(() => gpu.upload(x, new Float32Array(5)), /20 bytes to x of 16 bytes/);
  gpu.release(x);
});

gpuTest("an empty tensor can be made, uploaded, bound and read", async (gpu) => {
  const x = gpu.from("x", [0], new Uint32Array(0));
  const y = gpu.from("y", [1], Uint32Array.of(5));
  const pass = gpu.pass("empty");
  pass.dispatch(add, {
    entryPoint: "forward",
    params: { count: x.shape[0]! },
    bind: { x, y },
    workgroups: 1,
  });
  pass.submit();
  assert.deepEqual(await gpu.readAll([x, y]), [new Uint32Array(0), Uint32Array.of(5)]);
  assert.deepEqual(await gpu.readAll([]), []);
  gpu.release(x, y);
});

gpuTest(
  "view() is a window on the same buffer that starts aligned and ends inside",
  async (gpu) => {
    const x = gpu.from("x", [2, 64], Float32Array.from({ length: 128 }, (_, i) => i));
    const second = gpu.view(x, { start: 64, shape: [3] });
    assert.deepEqual(await gpu.read(second), Float32Array.of(64, 65, 66));
    assert.throws(() => gpu.view(x, { start: 32, shape: [1] }), /multiple of 64/);
    assert.throws(() => gpu.view(x, { start: 64, shape: [65] }), /end inside/);
    gpu.release(x);
  },
);

gpuTest("clear() and copy() run in the order they are recorded", async (gpu) => {
  const x = gpu.from("x", [2], Float32Array.of(1, 2));
  const y = gpu.from("y", [2], Float32Array.of(3, 4));
  const pass = gpu.pass("order");
  pass.copy(x, y);
  pass.clear(x);
  pass.submit();
  assert.deepEqual(await gpu.readAll([x, y]), [Float32Array.of(0, 0), Float32Array.of(1, 2)]);
  gpu.release(x, y);
});

gpuTest("repeat() runs all dispatches so far again, in order, and nothing else", async (gpu) => {
  const [x, y] = [gpu.from("x", [1], Uint32Array.of(1)), gpu.from("y", [1], Uint32Array.of(2))];
  const pass = gpu.pass("repeat");
  const add1 = { entryPoint: "forward", params: { count: 1 }, workgroups: 1 };
  pass.dispatch(add, { ...add1, bind: { x, y } }); // y += x
  pass.dispatch(add, { ...add1, bind: { x: y, y: x } }); // x += y
  pass.repeat(2);
  pass.repeat(0);
  assert.equal(pass.dispatches, 6);
  pass.submit();
  assert.deepEqual(await gpu.readAll([x, y]), [Uint32Array.of(29), Uint32Array.of(18)]);
  const copying = gpu.pass("copy");
  copying.copy(x, y);
  assert.throws(() => copying.repeat(1), /Cannot repeat a pass: it copies or clears/);
  gpu.release(x, y);
});

gpuTest("read() reports what failed before it, once", async (gpu) => {
  const { device } = gpu;
  const usage = GPUBufferUsage.COPY_SRC;
  device.createBuffer({ size: device.limits.maxBufferSize * 2, usage });
  const x = gpu.tensor("x", [1]);
  await assert.rejects(gpu.read(x), /DeviceError: Cannot run on the GPU/);
  assert.deepEqual(await gpu.read(x), Float32Array.of(0));
  gpu.release(x);
});

gpuTest("allocatedBytes counts live tensors; nothing can be read after disposal", async () => {
  const own = await openGpu();
  {
    using gpu = own;
    const x = gpu.tensor("x", [100]);
    assert.equal(gpu.allocatedBytes, 400);
    gpu.release(x);
    gpu.release(x);
    assert.equal(gpu.allocatedBytes, 0);
    assert.throws(() => gpu.tensor("x", [2 ** 40]), /DeviceError: Cannot make x/);
  }
  assert.equal(own.allocatedBytes, 0);
});
