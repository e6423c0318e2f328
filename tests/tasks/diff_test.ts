import assert from "node:assert/strict";
import { editStats, unifiedDiff } from "../../src/tasks/mod.ts";

const BEFORE = "a\nb\nc\nd\ne\nf\ng";
const AFTER = "a\nb\nc\nD\ne\nf\ng\nh";

Deno.test("unifiedDiff() shows hunks with context and no file header", () => {
  assert.equal(
    unifiedDiff(BEFORE, AFTER, 1),
    "@@ -3,3 +3,3 @@\n c\n-d\n+D\n e\n@@ -7,1 +7,2 @@\n g\n+h",
  );
});

Deno.test("unifiedDiff() of equal texts is empty, with or without a final line end", () => {
  assert.equal(unifiedDiff(BEFORE, BEFORE), "");
  assert.equal(unifiedDiff(BEFORE, BEFORE + "\n"), "");
});

Deno.test("editStats() counts a replaced line once", () => {
  assert.deepEqual(editStats(BEFORE, AFTER), {
    changedLines: 2,
    addedLines: 2,
    removedLines: 1,
    changedShare: 2 / 8,
  });
});

Deno.test("editStats() of equal and of empty texts", () => {
  assert.equal(editStats(BEFORE, BEFORE).changedShare, 0);
  assert.equal(editStats("", "").changedShare, 0);
  assert.equal(editStats("", "a\nb").changedShare, 1);
});
