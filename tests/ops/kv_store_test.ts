import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { kvStore } from "../../src/ops/kv_store.ts";
import { ropeTable } from "../../src/ops/rope.ts";
import { rope } from "../reference/rope.ts";
import { assertClose } from "../support/compare.ts";
import { gpuTest } from "../support/device.ts";
import { float64, integers, normals } from "../support/inputs.ts";

for (const [rows, heads, dim] of [[1, 1, 2], [5, 2, 38], [64, 2, 32]] as const) {
  gpuTest(`kvStore() puts rotated keys and values at [${rows},${heads},${dim}]`, async (gpu) => {
    const rng = rngStream(9, "kv_store", rows);
    const width = heads * dim;
    const slots = rows + 7;
    const slot = Uint32Array.from(rng.shuffle([...Array(slots).keys()]).slice(0, rows));
    slot[rows - 1] = 0xffffffff; // a sequence that has finished
    const [k, v] = [normals(rng, rows * width), normals(rng, rows * width)];
    const position = integers(rng, rows, 100);
    const input = {
      table: gpu.from("table", [100, dim], ropeTable({ positions: 100, dim }, 1e4)),
      position: gpu.from("position", [rows], position),
      slot: gpu.from("slot", [rows], slot),
      k: gpu.from("k", [rows, heads, dim], k),
      v: gpu.from("v", [rows, heads, dim], v),
    };
    const keys = gpu.tensor("keys", [slots, heads, dim]);
    const values = gpu.tensor("values", [slots, heads, dim]);
    const pass = gpu.pass("kv_store");
    kvStore(pass, input, { keys, values });
    pass.submit();
    const [actualKeys, actualValues] = await gpu.readAll([keys, values]);
    const turned = rope(float64(k), position, { dim, theta: 1e4 });
    const expectedKeys = new Float64Array(slots * width);
    const expectedValues = new Float32Array(slots * width);
    for (let n = 0; n < rows - 1; n++) {
      expectedKeys.set(turned.subarray(n * width, (n + 1) * width), slot[n]! * width);
      expectedValues.set(v.subarray(n * width, (n + 1) * width), slot[n]! * width);
    }
    assertClose(actualKeys!, expectedKeys, { what: "keys", terms: 2 });
    assert.deepEqual(actualValues, expectedValues);
    gpu.release(...Object.values(input), keys, values);
  });
}
