/**
 * Fix rates by the kind of mistake.
 *
 * @module
 */
import { canonicalForm, classifyEdit } from "../tasks/mod.ts";
import { type Estimate, sourceRates } from "./estimators.ts";
import { type ItemResult, outcomesOf } from "./evaluate.ts";
import type { BenchItem } from "./items.ts";

/**
 * Pass rate of every kind of edit with Wilson's interval, most frequent first; bugs in Python count as `python`.
 *
 * @param items In the order of `results`.
 */
export function ratesByKind(
  items: readonly BenchItem[],
  results: readonly ItemResult[],
): Record<string, Estimate & { n: number }> {
  const outcomes = outcomesOf(results, ({ passed, attempts }) => passed / attempts)
    .map((outcome, i) => ({ ...outcome, source: kindOf(items[i]!) }));
  return Object.fromEntries(
    Object.entries(sourceRates(outcomes)).sort(([, a], [, b]) => b.n - a.n),
  );
}

function kindOf({ task: { language, solution }, code }: BenchItem): string {
  return language === "py" ? "python" : classifyEdit(canonicalForm(solution, language), code);
}
