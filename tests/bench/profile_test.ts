import assert from "node:assert/strict";
import { profileOf, profileTable } from "../../src/bench/mod.ts";

const TIMES = {
  kernels: [{ name: "matmul/forward", calls: 2, ms: 6 }, { name: "add/forward", calls: 1, ms: 2 }],
  spanMs: 12,
  gapsMs: [0.05, 3.95],
};

Deno.test("profileOf() tells shares of the kernels and what is idle between them", () => {
  assert.deepEqual(profileOf(TIMES), {
    spanMs: 12,
    busyMs: 8,
    idleShare: 4 / 12,
    kernels: [
      { name: "matmul/forward", calls: 2, ms: 6, share: 0.75 },
      { name: "add/forward", calls: 1, ms: 2, share: 0.25 },
    ],
    gaps: [
      { below: 0.1, count: 1, ms: 0.05 },
      { below: 1, count: 0, ms: 0 },
      { below: 10, count: 1, ms: 3.95 },
      { below: 100, count: 0, ms: 0 },
      { below: null, count: 0, ms: 0 },
    ],
  });
  assert.equal(profileOf({ kernels: [], spanMs: 0, gapsMs: [] }).idleShare, 0);
});

Deno.test("profileTable() has a line a kernel", () => {
  const table = profileTable(profileOf(TIMES));
  assert.match(table, /^12\.0 ms from .* 8\.0 ms in kernels, 33\.3 % idle\.$/m);
  assert.match(table, /^\| matmul\/forward \| 2 \| 6\.00 \| 3000\.0 \| 75\.0 % \|$/m);
  assert.match(table, /^\| below 10 ms \| 1 \| 3\.95 \|$/m);
});
