/**
 * Images to and from the numbers they hold.
 *
 * @module
 */
import { defineKernel, type Gpu, type Image } from "../../src/gpu/mod.ts";

const kernel = defineKernel(
  "read_image",
  `
struct Params {
  texels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.texels) { y[id.x] = textureLoad(x, vec2(id.x % 1024u, id.x / 1024u)); }
}
`,
);

/** An image that holds `data`. */
export function imageFrom(
  gpu: Gpu,
  label: string,
  shape: readonly number[],
  data: Float32Array<ArrayBuffer>,
): Image {
  const image = gpu.image(label, shape);
  const tensor = gpu.from(label, shape, data);
  const pass = gpu.pass(label);
  pass.copyToImage(tensor, image);
  pass.submit();
  gpu.release(tensor);
  return image;
}

/** `[a, b, c]` -> `[b, a, c]`. */
export function exchangeAxes(
  values: Float32Array,
  [a, b, c]: readonly [number, number, number],
): Float32Array<ArrayBuffer> {
  const exchanged = new Float32Array(values.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      const from = (i * b + j) * c;
      exchanged.set(values.subarray(from, from + c), (j * a + i) * c);
    }
  }
  return exchanged;
}

/** The numbers of an image. */
export async function readImage(gpu: Gpu, image: Image): Promise<Float32Array> {
  const y = gpu.tensor("y", image.shape);
  const texels = image.shape.reduce((product, length) => product * length, 1) / 4;
  const pass = gpu.pass("read image");
  pass.dispatch(kernel, {
    entryPoint: "forward",
    params: { texels },
    bind: { x: image, y },
    workgroups: Math.ceil(texels / 64),
  });
  pass.submit();
  const values = await gpu.read(y) as Float32Array;
  gpu.release(y);
  return values;
}
