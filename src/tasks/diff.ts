/**
 * Line differences between two programs: the unified diff that is shown and embedded, and counts of changed lines.
 *
 * @module
 */
import { diffLines, structuredPatch } from "diff";

const withLineEnd = (text: string): string =>
  text === "" || text.endsWith("\n") ? text : text + "\n";

/**
 * The unified diff from `a` to `b` as hunks only, without file header lines; empty if they are equal.
 *
 * @param context Unchanged lines kept around a change.
 */
export function unifiedDiff(a: string, b: string, context = 3): string {
  const patch = structuredPatch("a", "b", withLineEnd(a), withLineEnd(b), "", "", { context });
  return patch.hunks.map((hunk) => {
    const head = `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`;
    return [head, ...hunk.lines].join("\n");
  }).join("\n");
}

/** How much one program differs from another, in lines. */
export interface EditStats {
  /** Lines of the larger side of each change, summed: a replaced line counts once. */
  changedLines: number;
  addedLines: number;
  removedLines: number;
  /** `changedLines` over the lines of the longer program, 0 to 1. */
  changedShare: number;
}

/** Counts the lines by which `b` differs from `a`. */
export function editStats(a: string, b: string): EditStats {
  let [changedLines, addedLines, removedLines] = [0, 0, 0];
  let [added, removed] = [0, 0];
  const settle = (): void => {
    changedLines += Math.max(added, removed);
    [added, removed] = [0, 0];
  };
  for (const part of diffLines(withLineEnd(a), withLineEnd(b))) {
    if (!part.added && !part.removed) settle();
    if (part.added) (added += part.count, addedLines += part.count);
    if (part.removed) (removed += part.count, removedLines += part.count);
  }
  settle();
  const lines = (text: string): number => withLineEnd(text).split("\n").length - 1;
  return {
    changedLines,
    addedLines,
    removedLines,
    changedShare: changedLines / Math.max(1, lines(a), lines(b)),
  };
}
