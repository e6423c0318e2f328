import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { deviceSearch, type GroupedVectors, hostSearch } from "../../src/embed/mod.ts";
import { gpuTest } from "../support/device.ts";

function vectors(name: string, count: number, dim: number, groups: number): GroupedVectors {
  const rng = rngStream(8, name);
  return {
    vectors: Array.from(
      { length: count },
      () => Float32Array.from({ length: dim }, () => rng.normal()),
    ),
    groups: Array.from({ length: count }, () => `task${rng.int(groups)}`),
  };
}

for (
  const [count, dim, otherGroups] of [
    [9, 37, false],
    [9, 37, true],
    [4100, 8, true], // more than are searched for at once
  ] as const
) {
  const name =
    `deviceSearch() agrees with hostSearch, ${count} queries, otherGroups ${otherGroups}`;
  gpuTest(name, async (gpu) => {
    const queries = vectors("queries", count, dim, 6);
    const references = vectors("references", 70, dim, 4);
    const options = { k: 5, otherGroups };
    const expected = await hostSearch.nearest(queries, references, options);
    const found = await deviceSearch(gpu).nearest(queries, references, options);
    assert.deepEqual(
      found.map((near) => near.map(({ index }) => index)),
      expected.map((near) => near.map(({ index }) => index)),
    );
    found.flat().forEach(({ cosine }, i) => {
      assert.ok(Math.abs(cosine - expected.flat()[i]!.cosine) < 1e-5);
    });
  });
}

gpuTest(
  "deviceSearch() gives fewer neighbours where there are fewer, and frees what it made",
  async (gpu) => {
    const before = gpu.allocatedBytes;
    const references = { ...vectors("few", 3, 8, 1), groups: ["a", "a", "b"] };
    const queries = { ...vectors("one", 1, 8, 1), groups: ["a"] };
    const found = await deviceSearch(gpu).nearest(queries, references, { k: 5, otherGroups: true });
    assert.deepEqual(found[0]!.map(({ index }) => index), [2]);
    const none = { vectors: [], groups: [] };
    assert.deepEqual(
      await deviceSearch(gpu).nearest(none, references, { k: 5, otherGroups: true }),
      [],
    );
    assert.equal(gpu.allocatedBytes, before);
  },
);
