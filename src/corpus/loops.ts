/**
 * Ways to go over an array, a string or a range of numbers.
 *
 * The problem statement does not say which way is taken; the program shows it.
 *
 * @module
 */
import { type Draw, weighted } from "./draft.ts";

/** The statements of a loop, given the code of the element and of its position. */
export type LoopBody = (item: string, index: string) => string;

/** Options of {@linkcode overItems}. */
export interface LoopOptions {
  /** Name of the element where the loop names it. */
  item?: string;
  /** Whether the body uses the position. */
  indexed?: boolean;
  /** Whether the order does not matter. */
  unordered?: boolean;
}

/** A loop over every element of an array or every character of a string. */
export function overItems(
  d: Draw,
  list: string,
  body: LoopBody,
  options: LoopOptions = {},
): string {
  const { item = "x", indexed = false, unordered = false } = options;
  const inline = () => body(`${list}[i]`, "i");
  const named = () => `const ${item} = ${list}[i]; ${body(item, "i")}`;
  const head = `for (let i = 0; i < ${list}.length; i++)`;
  const back = `for (let i = ${list}.length - 1; i >= 0; i--)`;
  return weighted(d, [
    [indexed ? 0 : 8, () => `for (const ${item} of ${list}) { ${body(item, "")} }`],
    [4, () => `${head} { ${inline()} }`],
    [d.level > 1 ? 1.5 : 0, () => `${head} { ${named()} }`],
    [unordered && d.level > 1 ? 1 : 0, () => `${back} { ${inline()} }`],
    [d.level > 2 ? 1.5 : 0, () => `let i = 0; while (i < ${list}.length) { ${inline()} i++; }`],
  ])();
}

/** A loop of `i` over the numbers from `from` to `to`, both included, in steps of `step`. */
export function overRange(d: Draw, from: string, to: string, body: string, step = 1): string {
  const next = step === 1 ? "i++" : `i += ${step}`;
  return weighted(d, [
    [6, () => `for (let i = ${from}; i <= ${to}; ${next}) { ${body} }`],
    [d.level > 1 ? 1 : 0, () => `let i = ${from}; while (i <= ${to}) { ${body} ${next}; }`],
  ])();
}
