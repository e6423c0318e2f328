import assert from "node:assert/strict";
import { countTests } from "../../src/launch/mod.ts";

Deno.test("countTests() reads the last summary line through its colours", () => {
  const output =
    "a ... ok (1ms)\n\n\u001b[32mok\u001b[0m | 12 passed (3 steps) | 0 failed (2s)\n\n";
  assert.deepEqual(countTests(output, true), { passed: 12, failed: 0 });
  const failed = "ok | 1 passed | 9 failed\nFAILED | 7 passed | 2 failed | 1 ignored (1s)\n";
  assert.deepEqual(countTests(failed, false), { passed: 7, failed: 2 });
});

Deno.test("countTests() never calls a run that ended badly a success", () => {
  assert.deepEqual(countTests("ok | 7 passed | 0 failed\n", false), { passed: 7, failed: 1 });
  assert.deepEqual(countTests("", false), { passed: 0, failed: 1 });
});
