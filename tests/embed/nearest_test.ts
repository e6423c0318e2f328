import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { cosine, hostSearch } from "../../src/embed/mod.ts";

const vector = (...values: number[]): Float32Array => Float32Array.from(values);

Deno.test("cosine() is symmetric, 1 on itself, and does not see scale", () => {
  const rng = rngStream(4);
  for (let trial = 0; trial < 20; trial++) {
    const [a, b] = [0, 1].map(() => Float64Array.from({ length: 7 }, () => rng.normal()));
    assert.ok(Math.abs(cosine(a!, b!) - cosine(b!, a!)) < 1e-15);
    assert.ok(Math.abs(cosine(a!, a!) - 1) < 1e-12);
    assert.ok(Math.abs(cosine(a!, b!) - cosine(a!.map((x) => 3 * x), b!)) < 1e-12);
  }
  assert.equal(cosine([0, 0], [1, 0]), 0);
});

Deno.test("hostSearch finds the nearest, best first, equal ones by index", async () => {
  const references = {
    vectors: [vector(1, 0), vector(0, 2), vector(3, 3), vector(0, 1)],
    groups: ["a", "b", "c", "d"],
  };
  const queries = { vectors: [vector(0, 5)], groups: ["b"] };
  const all = await hostSearch.nearest(queries, references, { k: 3, otherGroups: false });
  assert.deepEqual(all[0]!.map(({ index }) => index), [1, 3, 2]);
  assert.ok(Math.abs(all[0]![2]!.cosine - Math.SQRT1_2) < 1e-7);
  const others = await hostSearch.nearest(queries, references, { k: 9, otherGroups: true });
  assert.deepEqual(others[0]!.map(({ index }) => index), [3, 2, 0]);
});
