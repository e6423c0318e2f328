import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { defineKernel, IMAGE_WIDTH, imageBytes, imageFits } from "../../src/gpu/mod.ts";
import { gpuTest } from "../support/device.ts";
import { imageFrom, readImage } from "../support/images.ts";
import { normals } from "../support/inputs.ts";
import { sourceFiles } from "../support/source.ts";

for (const shape of [[4], [3, 8], [IMAGE_WIDTH, 4], [5, 1000, 4], [IMAGE_WIDTH, 3, 4]]) {
  gpuTest(`an image of [${shape}] holds what was copied into it`, async (gpu) => {
    const before = gpu.allocatedBytes;
    const count = shape.reduce((product, length) => product * length, 1);
    const data = normals(rngStream(1, "image", count), count);
    const image = imageFrom(gpu, "x", shape, data);
    assert.equal(gpu.allocatedBytes - before, imageBytes(shape));
    assert.deepEqual(await readImage(gpu, image), data);
    gpu.release(image);
    assert.equal(gpu.allocatedBytes, before);
  });
}

gpuTest("an image begins as zeros and must fit a texture", async (gpu) => {
  const image = gpu.image("x", [2, 4]);
  assert.deepEqual(await readImage(gpu, image), new Float32Array(8));
  const most = gpu.adapter.imageRows * IMAGE_WIDTH;
  assert.ok(imageFits(gpu.adapter, [most, 4]) && !imageFits(gpu.adapter, [most + 1, 4]));
  assert.ok(!imageFits(gpu.adapter, [3, 6]));
  assert.throws(() => gpu.image("y", [3, 6]), /Cannot make image y \[3,6\]/);
  const pass = gpu.pass("copy");
  const [short, ids] = [gpu.tensor("short", [4]), gpu.tensor("ids", [8], "u32")];
  assert.throws(() => pass.copyToImage(short, image), /Cannot copy short to x/);
  assert.throws(() => pass.copyToImage(ids, image), /Cannot copy ids to x/);
  gpu.release(image, short, ids);
});

gpuTest("dispatch() refuses a buffer for an image and an image for a buffer", (gpu) => {
  const kernel = defineKernel(
    "copy_image",
    `
struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var y: texture_storage_2d<rgba32float, write>;
@group(0) @binding(3) var<storage, read_write> z: array<vec4<f32>>;

@compute @workgroup_size(1)
fn forward() {
  for (var i = 0u; i < params.count; i++) {
    let value = textureLoad(x, vec2(i, 0u));
    textureStore(y, vec2(i, 0u), value);
    z[i] = value;
  }
}
`,
  );
  assert.deepEqual(kernel.bindings.map(({ name, access, image }) => [name, access, image]), [
    ["x", "read", true],
    ["y", "write", true],
    ["z", "read_write", false],
  ]);
  const [x, y, z] = [gpu.image("x", [4]), gpu.image("y", [4]), gpu.tensor("z", [4])];
  const call = { entryPoint: "forward", params: { count: 1 }, workgroups: 1 };
  const pass = gpu.pass("kinds");
  pass.dispatch(kernel, { ...call, bind: { x, y, z } });
  assert.throws(
    () => pass.dispatch(kernel, { ...call, bind: { x: z, y, z } }),
    /x must be an image, found z/,
  );
  assert.throws(
    () => pass.dispatch(kernel, { ...call, bind: { x, y, z: y } }),
    /z must be a buffer, found y/,
  );
  gpu.release(x, y, z);
});

Deno.test("kernels that read images know how wide they are", async () => {
  for (const { path, text } of await sourceFiles(["kernels"], ".wgsl")) {
    if (!text.includes("texture_storage_2d")) continue;
    assert.ok(text.includes(`vec2(i % ${IMAGE_WIDTH}u, i / ${IMAGE_WIDTH}u)`), path);
  }
});
