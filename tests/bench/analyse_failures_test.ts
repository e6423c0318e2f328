import assert from "node:assert/strict";
import { failedShare, failureRates } from "../../src/bench/analyse_failures.ts";

const CASES = {
  kind: "cases" as const,
  cases: [1, 2, 3, 4].map((n) => ({ args: [n], expected: n })),
};
const results = (...oks: boolean[]) => oks.map((ok) => ({ name: "case", ok, message: "" }));

Deno.test("failedShare() counts tests that were never reached as failed", () => {
  const failed = { kind: "failed" as const, tests: results(true, false, true, true) };
  assert.equal(failedShare(failed, CASES), 0.25);
  assert.equal(failedShare({ kind: "timeout", tests: results(true) }, CASES), 0.75);
  assert.equal(failedShare({ kind: "crashed", message: "" }, CASES), 1);
  assert.equal(failedShare({ kind: "out-of-memory" }, { kind: "program", text: "" }), 1);
  assert.equal(
    failedShare({ kind: "failed", tests: results(true, false) }, { kind: "suite", text: "" }),
    0.5,
  );
  assert.equal(failedShare({ kind: "unsupported", reason: "" }, CASES), undefined);
});

Deno.test("failureRates() leaves out what does not fail", () => {
  assert.deepEqual(failureRates([0.5, 1, 0, undefined, 0.25]), {
    failedShare: 1.75 / 3,
    failsAllShare: 1 / 3,
    notFailing: 2,
  });
});
