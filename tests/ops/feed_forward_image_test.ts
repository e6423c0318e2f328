import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { type Gpu, type Image, reshape } from "../../src/gpu/mod.ts";
import { feedForwardImage } from "../../src/ops/feed_forward_image.ts";
import { readsImages } from "../../src/ops/linear_image.ts";
import { matmulReference } from "../reference/matmul.ts";
import { rmsnormForward } from "../reference/rmsnorm.ts";
import { swigluForward } from "../reference/swiglu.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { imageFrom } from "../support/images.ts";
import { float64, liveList, normals } from "../support/inputs.ts";

interface Sizes {
  rows: number;
  hidden: number;
  width: number;
  inter: number;
}

/** One row; ragged; several tiles. */
const CASES: Sizes[] = [
  { rows: 1, hidden: 4, width: 4, inter: 4 },
  { rows: 21, hidden: 36, width: 24, inter: 20 },
  { rows: 70, hidden: 64, width: 48, inter: 132 },
];

const EPS = 1e-4;

/** Host arrays of a layer; weights small enough that no part of it vanishes beside the rest. */
function makeLayer({ rows, hidden, width, inter }: Sizes) {
  const rng = rngStream(6, "feed-forward image", rows);
  return {
    x: normals(rng, rows * hidden),
    y: normals(rng, rows * width),
    gain: normals(rng, hidden),
    output: normals(rng, hidden * width, width ** -0.5),
    gateUp: normals(rng, 2 * inter * hidden, hidden ** -0.5),
    down: normals(rng, hidden * inter, inter ** -0.5),
  };
}

/** The layer in float64. */
function expectedOf(layer: ReturnType<typeof makeLayer>, { rows, hidden, width, inter }: Sizes) {
  const { x, y, gain, output, gateUp, down } = layer;
  const product = (a: Float32Array | Float64Array, b: Float32Array, cols: number, inner: number) =>
    matmulReference(a, b, { rows, cols, inner, transposeB: true });
  const mid = product(y, output, hidden, width).map((value, i) => value + x[i]!);
  const h = rmsnormForward(mid, float64(gain), EPS).y;
  const z = swigluForward(product(h, gateUp, 2 * inter, hidden), inter);
  return product(z, down, hidden, inter).map((value, i) => value + mid[i]!);
}

/** The layer on the GPU, and what to release. */
function upload(gpu: Gpu, layer: ReturnType<typeof makeLayer>, sizes: Sizes) {
  const { rows, hidden, width, inter } = sizes;
  const input = {
    y: gpu.from("y", [rows, width], layer.y),
    output: imageFrom(gpu, "output", [hidden, width], layer.output),
    gateUp: imageFrom(gpu, "gateUp", [2 * inter, hidden], layer.gateUp),
    down: imageFrom(gpu, "down", [hidden, inter], layer.down),
  };
  const gain = gpu.from("gain", [hidden], layer.gain);
  const out = {
    x: gpu.from("x", [rows, hidden], layer.x),
    midNorm: gpu.tensor("midNorm", [rows, hidden]),
    gated: gpu.tensor("gated", [rows, inter]),
  };
  const all = [...Object.values(input), ...Object.values(out), gain];
  return { input: { ...input, norm: { gain, eps: EPS } }, out, release: () => gpu.release(...all) };
}

for (const sizes of CASES) {
  gpuTest(
    `feedForwardImage() is the layer behind attention: ${Object.values(sizes)}`,
    async (gpu) => {
      if (!readsImages(gpu.adapter, [sizes.hidden, sizes.width])) return;
      const layer = makeLayer(sizes);
      const expected = expectedOf(layer, sizes);
      const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const terms = sizes.width + sizes.hidden + sizes.inter;
      const results = [];
      for (const cores of [1, 2, 64]) {
        const { input, out, release } = upload(gpu, layer, sizes);
        const pass = gpu.pass("feed-forward");
        feedForwardImage(pass, input, out, { cores });
        pass.submit();
        results.push(await gpu.read(out.x));
        release();
      }
      assertClose(results[0]!, expected, { what: "x", terms, scale });
      for (const other of results) assert.deepEqual(other, results[0]); // however the rows are shared
    },
  );
}

gpuTest("feedForwardImage() leaves rows that are not wanted alone", async (gpu) => {
  const sizes = CASES[2]!;
  const { rows, hidden } = sizes;
  if (!readsImages(gpu.adapter, [hidden, sizes.width])) return;
  const layer = makeLayer(sizes);
  const all = upload(gpu, layer, sizes);
  const full = gpu.pass("all");
  feedForwardImage(full, all.input, all.out);
  full.submit();
  const whole = await gpu.read(all.out.x);
  for (const wanted of [[], [69], [3, 4, 9, 20, 33, 34, 50, 61, 68], [...Array(rows).keys()]]) {
    const live = gpu.from("live", [rows + 1], liveList(rows, wanted));
    const { input, out, release } = upload(gpu, layer, sizes);
    const pass = gpu.pass("some");
    feedForwardImage(pass, { ...input, live }, out, { cores: 2 });
    pass.submit();
    const some = await gpu.read(out.x);
    const expected = layer.x.map((value, i) =>
      wanted.includes(Math.floor(i / hidden)) ? whole[i]! : value
    );
    assert.deepEqual(some, expected);
    release();
    gpu.release(live);
  }
  all.release();
});

gpuTest("feedForwardImage() refuses shapes that disagree", (gpu) => {
  const sizes = CASES[0]!;
  const { input, out, release } = upload(gpu, makeLayer(sizes), sizes);
  const pass = gpu.pass("wrong");
  const wrong: Image = gpu.image("wrong", [8, 8]);
  const turned = reshape(out.gated, [4, 1]);
  assert.throws(() => feedForwardImage(pass, { ...input, gateUp: wrong }, out), /gateUp/);
  assert.throws(() => feedForwardImage(pass, { ...input, output: wrong }, out), /output/);
  assert.throws(() => feedForwardImage(pass, { ...input, live: out.gated }, out), /live/);
  assert.throws(() => feedForwardImage(pass, input, { ...out, gated: turned }), /gated/);
  release();
  gpu.release(wrong);
});
