import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { type Gpu, reshape } from "../../src/gpu/mod.ts";
import { headsImage } from "../../src/ops/heads_image.ts";
import { kvStore } from "../../src/ops/kv_store.ts";
import { readsImages } from "../../src/ops/linear_image.ts";
import { linearForward } from "../../src/ops/matmul.ts";
import { ropeTable } from "../../src/ops/rope.ts";
import { gpuTest } from "../support/device.ts";
import { imageFrom, readImage } from "../support/images.ts";
import { integers, normals } from "../support/inputs.ts";

interface Sizes {
  rows: number;
  heads: number;
  keyHeads: number;
  dim: number;
  inner: number;
}

/** One row; less than a tile; several tiles of long heads. */
const CASES: [sizes: Sizes, terms: readonly ("bias" | "norm" | "live")[]][] = [
  [{ rows: 1, heads: 1, keyHeads: 1, dim: 32, inner: 4 }, []],
  [{ rows: 21, heads: 4, keyHeads: 2, dim: 32, inner: 48 }, ["bias", "norm"]],
  [{ rows: 70, heads: 3, keyHeads: 1, dim: 96, inner: 20 }, ["bias", "norm", "live"]],
];

/** A list of every third row, and at the end its length. */
function everyThird(rows: number): Uint32Array<ArrayBuffer> {
  const wanted = [...Array(rows).keys()].filter((row) => row % 3 === 0);
  const list = new Uint32Array(rows + 1);
  list.set(wanted);
  list[rows] = wanted.length;
  return list;
}

/** Inputs, and outputs of zeros: of the op and of its parts. */
function makeTensors(gpu: Gpu, { rows, heads, keyHeads, dim, inner }: Sizes) {
  const rng = rngStream(4, "heads image", rows);
  const cols = (heads + 2 * keyHeads) * dim;
  const slots = rows + 5;
  const slot = Uint32Array.from(rng.shuffle([...Array(slots).keys()]).slice(0, rows));
  if (rows > 1) slot[rows - 2] = 0xffffffff; // a sequence that has finished
  const matrix = normals(rng, cols * inner);
  const offsets = normals(rng, cols);
  const widths = [heads * dim, keyHeads * dim, keyHeads * dim];
  const parts = widths.map((width, i) => {
    const start = widths.slice(0, i).reduce((sum, length) => sum + length, 0);
    const rowsOf = matrix.slice(start * inner, (start + width) * inner);
    return {
      weight: gpu.from("weight", [width, inner], rowsOf),
      image: imageFrom(gpu, "part", [width, inner], rowsOf),
      bias: gpu.from("bias", [width], offsets.slice(start, start + width)),
    };
  });
  const outputs = () => ({
    q: gpu.tensor("q", [rows, heads, dim]),
    keys: gpu.image("keys", [keyHeads, slots, dim]),
    values: gpu.image("values", [keyHeads, slots, dim]),
  });
  return {
    x: gpu.from("x", [rows, inner], normals(rng, rows * inner, 2)),
    image: imageFrom(gpu, "heads", [cols, inner], matrix),
    bias: gpu.from("bias", [cols], offsets),
    gain: gpu.from("gain", [inner], normals(rng, inner)),
    live: gpu.from("live", [rows + 1], everyThird(rows)),
    place: {
      table: gpu.from("table", [100, dim], ropeTable({ positions: 100, dim }, 1e4)),
      position: gpu.from("position", [rows], integers(rng, rows, 100)),
      slot: gpu.from("slot", [rows], slot),
    },
    ...{ parts, stacked: outputs(), apart: outputs() },
    made: widths.map((width) => gpu.tensor("made", [rows, width])),
  };
}

for (const [sizes, terms] of CASES) {
  gpuTest(
    `headsImage() is its products, turned and stored: ${Object.values(sizes)}`,
    async (gpu) => {
      const { rows, heads, keyHeads, dim, inner } = sizes;
      if (!readsImages(gpu.adapter, [dim, inner])) return;
      const { x, image, bias, gain, live, place, parts, stacked, apart, made } = makeTensors(
        gpu,
        sizes,
      );
      const shared = {
        x,
        ...(terms.includes("norm") && { norm: { gain, eps: 1e-4 } }),
        ...(terms.includes("live") && { live }),
      };
      const pass = gpu.pass("heads");
      headsImage(
        pass,
        { ...shared, ...place, image, ...(terms.includes("bias") && { bias }) },
        stacked,
      );
      parts.forEach(({ weight, image, bias }, i) => {
        const layer = { ...shared, weight, image, ...(terms.includes("bias") && { bias }) };
        linearForward(pass, layer, made[i]!);
      });
      const [q, k, v] = made as [typeof x, typeof x, typeof x];
      const shape = [rows, keyHeads, dim];
      const heard = {
        q: reshape(q, [rows, heads, dim]),
        k: reshape(k, shape),
        v: reshape(v, shape),
      };
      kvStore(pass, { ...place, ...heard }, apart);
      pass.submit();
      const [queries, expected, slots] = await gpu.readAll([stacked.q, q, place.slot]);
      const wanted = terms.includes("live") ? (row: number) => row % 3 === 0 : () => true;
      const width = heads * dim;
      for (let row = 0; row < rows; row++) {
        const stored = wanted(row) && slots![row]! < rows + 5;
        const same = stored
          ? expected!.subarray(row * width, (row + 1) * width)
          : new Float32Array(width);
        assert.deepEqual(
          queries!.subarray(row * width, (row + 1) * width),
          same,
          `queries of row ${row}`,
        );
      }
      for (const name of ["keys", "values"] as const) {
        const [actual, parted] = [
          await readImage(gpu, stacked[name]),
          await readImage(gpu, apart[name]),
        ];
        const at = (head: number, row: number) => (head * (rows + 5) + slots![row]!) * dim;
        for (let head = 0; head < keyHeads; head++) {
          for (let row = 0; row < rows; row++) {
            if (wanted(row)) continue; // what was not listed was not made
            assert.ok(
              actual.subarray(at(head, row), at(head, row) + dim).every((value) => value === 0),
            );
            if (slots![row]! < rows + 5) parted.fill(0, at(head, row), at(head, row) + dim);
          }
        }
        assert.deepEqual(actual, parted, name);
      }
      assert.ok(queries!.some((value) => value !== 0));
      gpu.release(x, image, bias, gain, live, ...Object.values(place), ...made);
      gpu.release(...Object.values(stacked), ...Object.values(apart));
      gpu.release(...parts.flatMap((part) => Object.values(part)));
    },
  );
}

gpuTest("headsImage() refuses heads that are no multiple of 32 and shapes that disagree", (gpu) => {
  const sizes = { rows: 2, heads: 1, keyHeads: 1, dim: 32, inner: 4 };
  const { x, image, bias, gain, live, place, parts, stacked, apart, made } = makeTensors(
    gpu,
    sizes,
  );
  const pass = gpu.pass("wrong");
  const short = gpu.tensor("q", [2, 1, 16]);
  const input = { x, image, ...place };
  assert.throws(() => headsImage(pass, input, { ...stacked, q: short }), /multiple of 32/);
  assert.throws(() => headsImage(pass, { ...input, bias: gain }, stacked), /heads bias/);
  assert.throws(() => headsImage(pass, { ...input, live: place.slot }, stacked), /heads live/);
  assert.throws(() => headsImage(pass, { ...input, image: apart.keys }, stacked), /heads image/);
  gpu.release(x, image, bias, gain, live, short, ...Object.values(place), ...made);
  gpu.release(...Object.values(stacked), ...Object.values(apart));
  gpu.release(...parts.flatMap((part) => Object.values(part)));
});
