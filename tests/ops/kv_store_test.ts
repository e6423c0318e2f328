import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { isImage } from "../../src/gpu/mod.ts";
import { kvStore } from "../../src/ops/kv_store.ts";
import { ropeTable } from "../../src/ops/rope.ts";
import { rope } from "../reference/rope.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { exchangeAxes, readImage } from "../support/images.ts";
import { float64, integers, normals } from "../support/inputs.ts";

const CASES: [rows: number, heads: number, keyHeads: number, dim: number, kind: string][] = [
  [1, 1, 1, 2, "buffers"],
  [5, 4, 2, 38, "buffers"],
  [64, 4, 2, 32, "buffers"],
  [1, 1, 1, 8, "images"],
  [5, 3, 1, 40, "images"],
  [64, 4, 2, 32, "images"],
];

for (const [rows, heads, keyHeads, dim, kind] of CASES) {
  const shape = [rows, heads, keyHeads, dim];
  gpuTest(
    `kvStore() turns queries and stores keys and values: [${shape}], ${kind}`,
    async (gpu) => {
      const rng = rngStream(9, "kv_store", rows);
      const width = keyHeads * dim;
      const slots = rows + 7;
      const slot = Uint32Array.from(rng.shuffle([...Array(slots).keys()]).slice(0, rows));
      slot[rows - 1] = 0xffffffff; // a sequence that has finished
      const [k, v] = [normals(rng, rows * width), normals(rng, rows * width)];
      const q = normals(rng, rows * heads * dim);
      const position = integers(rng, rows, 100);
      const input = {
        table: gpu.from("table", [100, dim], ropeTable({ positions: 100, dim }, 1e4)),
        position: gpu.from("position", [rows], position),
        slot: gpu.from("slot", [rows], slot),
        q: gpu.from("q", [rows, heads, dim], q),
        k: gpu.from("k", [rows, keyHeads, dim], k),
        v: gpu.from("v", [rows, keyHeads, dim], v),
      };
      const make = (name: string) =>
        kind === "images"
          ? gpu.image(name, [keyHeads, slots, dim])
          : gpu.tensor(name, [slots, keyHeads, dim]);
      const [keys, values] = [make("keys"), make("values")];
      const pass = gpu.pass("kv_store");
      kvStore(pass, input, { keys, values });
      pass.submit();
      const [actualKeys, actualValues] = await Promise.all(
        [keys, values].map(async (cache) =>
          isImage(cache)
            ? exchangeAxes(await readImage(gpu, cache), [keyHeads, slots, dim])
            : await gpu.read(cache)
        ),
      );
      const turned = rope(float64(k), position, { dim, theta: 1e4 });
      const turnedQueries = rope(float64(q), position, { dim, theta: 1e4 });
      turnedQueries.set(q.subarray((rows - 1) * heads * dim), (rows - 1) * heads * dim);
      const expectedKeys = new Float64Array(slots * width);
      const expectedValues = new Float32Array(slots * width);
      for (let n = 0; n < rows - 1; n++) {
        expectedKeys.set(turned.subarray(n * width, (n + 1) * width), slot[n]! * width);
        expectedValues.set(v.subarray(n * width, (n + 1) * width), slot[n]! * width);
      }
      assertClose(actualKeys!, expectedKeys, { what: "keys", terms: 2 });
      assert.deepEqual(actualValues, expectedValues);
      assertClose(await gpu.read(input.q), turnedQueries, { what: "q", terms: 2 });
      gpu.release(...Object.values(input), keys, values);
    },
  );
}
