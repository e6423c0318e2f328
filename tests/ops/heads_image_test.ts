import assert from "node:assert/strict";
import { type Rng, rngStream } from "../../src/base/mod.ts";
import type { Gpu, Image } from "../../src/gpu/mod.ts";
import { headsImage } from "../../src/ops/heads_image.ts";
import { readsImages } from "../../src/ops/linear_image.ts";
import { ropeTable } from "../../src/ops/rope.ts";
import { matmulReference } from "../reference/matmul.ts";
import { rmsnormForward } from "../reference/rmsnorm.ts";
import { rope } from "../reference/rope.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { imageFrom, readImage } from "../support/images.ts";
import { float64, integers, liveList, normals } from "../support/inputs.ts";

interface Sizes {
  rows: number;
  heads: number;
  keyHeads: number;
  dim: number;
  inner: number;
}

/** One row; less than a tile; several tiles of long heads. */
const CASES: [sizes: Sizes, terms: readonly ("bias" | "live")[]][] = [
  [{ rows: 1, heads: 1, keyHeads: 1, dim: 32, inner: 4 }, []],
  [{ rows: 21, heads: 4, keyHeads: 2, dim: 32, inner: 48 }, ["bias"]],
  [{ rows: 70, heads: 3, keyHeads: 1, dim: 96, inner: 20 }, ["bias", "live"]],
];

const EPS = 1e-4;
/** Cache slots without a row. */
const SPARE = 5;
/** Slot of a sequence that has finished. */
const NONE = 0xffffffff;

/** Host arrays; the last row but one has finished. */
function makeInput(rng: Rng, { rows, heads, keyHeads, dim, inner }: Sizes) {
  const cols = (heads + 2 * keyHeads) * dim;
  const places = [...Array(rows + SPARE).keys()];
  const slot = Uint32Array.from(rng.shuffle(places).slice(0, rows));
  if (rows > 1) slot[rows - 2] = NONE;
  return {
    ...{ cols, slot, position: integers(rng, rows, 100) },
    x: normals(rng, rows * inner, 2),
    gain: normals(rng, inner),
    weight: normals(rng, cols * inner),
    bias: normals(rng, cols),
  };
}

/** Every third row. */
function everyThird(rows: number): Uint32Array<ArrayBuffer> {
  return liveList(rows, [...Array(rows).keys()].filter((row) => row % 3 === 0));
}

/** q and the cache in float64, zero where nothing is to be written. */
function expectedOf(
  input: ReturnType<typeof makeInput>,
  { rows, heads, keyHeads, dim, inner }: Sizes,
  terms: readonly string[],
) {
  const { cols, slot, position, gain } = input;
  const h = rmsnormForward(float64(input.x), float64(gain), EPS).y;
  const bias = terms.includes("bias") ? { bias: input.bias } : {};
  const z = matmulReference(h, input.weight, { rows, cols, inner, transposeB: true, ...bias });
  const slots = rows + SPARE;
  const q = new Float64Array(rows * heads * dim);
  const [keys, values] = [0, 1].map(() => new Float64Array(keyHeads * slots * dim)) as [
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < rows; row++) {
    if (slot[row] === NONE || (terms.includes("live") && row % 3 !== 0)) continue;
    const own = z.slice(row * cols, (row + 1) * cols);
    const turned = rope(own, position.slice(row, row + 1), { dim, theta: 1e4 });
    q.set(turned.subarray(0, heads * dim), row * heads * dim);
    for (let head = 0; head < keyHeads; head++) {
      const goal = (head * slots + slot[row]!) * dim;
      const [key, value] = [heads + head, heads + keyHeads + head].map((n) => n * dim) as [
        number,
        number,
      ];
      keys.set(turned.subarray(key, key + dim), goal);
      values.set(own.subarray(value, value + dim), goal);
    }
  }
  return { q, keys, values, scale: z.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

/** The same on the GPU, with outputs of zeros. */
function upload(gpu: Gpu, host: ReturnType<typeof makeInput>, sizes: Sizes) {
  const { rows, heads, keyHeads, dim, inner } = sizes;
  const cache = [keyHeads, rows + SPARE, dim];
  const gain = gpu.from("gain", [inner], host.gain);
  const input = {
    x: gpu.from("x", [rows, inner], host.x),
    image: imageFrom(gpu, "heads", [host.cols, inner], host.weight),
    table: gpu.from("table", [100, dim], ropeTable({ positions: 100, dim }, 1e4)),
    position: gpu.from("position", [rows], host.position),
    slot: gpu.from("slot", [rows], host.slot),
  };
  const terms = {
    bias: gpu.from("bias", [host.cols], host.bias),
    live: gpu.from("live", [rows + 1], everyThird(rows)),
  };
  const out = {
    q: gpu.tensor("q", [rows, heads, dim]),
    keys: gpu.image("keys", cache),
    values: gpu.image("values", cache),
  };
  const all = [gain, ...[input, terms, out].flatMap((part) => Object.values(part))];
  const release = () => gpu.release(...all);
  return { input: { ...input, norm: { gain, eps: EPS } }, terms, out, release };
}

for (const [sizes, terms] of CASES) {
  gpuTest(
    `headsImage() turns and stores what it multiplies: ${Object.values(sizes)}`,
    async (gpu) => {
      if (!readsImages(gpu.adapter, [sizes.dim, sizes.inner])) return;
      const host = makeInput(rngStream(4, "heads image", sizes.rows), sizes);
      const expected = expectedOf(host, sizes, terms);
      const { input, terms: optional, out, release } = upload(gpu, host, sizes);
      const chosen = Object.fromEntries(terms.map((name) => [name, optional[name]]));
      const pass = gpu.pass("heads");
      headsImage(pass, { ...input, ...chosen }, out);
      pass.submit();
      const { scale } = expected;
      const options = { terms: sizes.inner, scale };
      assertClose(await gpu.read(out.q), expected.q, { what: "q", ...options });
      for (const name of ["keys", "values"] as const) {
        assertClose(await readImage(gpu, out[name]), expected[name], { what: name, ...options });
      }
      release();
    },
  );
}

gpuTest("headsImage() refuses heads that are no multiple of 32 and shapes that disagree", (gpu) => {
  const sizes = CASES[0]![0];
  const { input, out, release } = upload(gpu, makeInput(rngStream(4, "wrong"), sizes), sizes);
  const pass = gpu.pass("wrong");
  const short = gpu.tensor("q", [1, 1, 16]);
  const keys: Image = out.keys;
  assert.throws(() => headsImage(pass, input, { ...out, q: short }), /multiple of 32/);
  assert.throws(() => headsImage(pass, { ...input, bias: input.slot }, out), /heads bias/);
  assert.throws(() => headsImage(pass, { ...input, live: input.slot }, out), /heads live/);
  assert.throws(() => headsImage(pass, { ...input, image: keys }, out), /heads image/);
  release();
  gpu.release(short);
});
