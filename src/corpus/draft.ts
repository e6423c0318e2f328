/**
 * What a family of programs hands to the assembler, and the state of one draw.
 *
 * Program and problem statement are made side by side: every grammar rule returns code together with its words, so a
 * statement always names the constants, the conditions and their order.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";

/** Kinds of parameters; `inputs.ts` knows how to draw a value of each. */
export type Kind =
  | "int"
  | "nat"
  | "ints"
  | "sorted"
  | "nested"
  | "matrix"
  | "word"
  | "text"
  | "words"
  | "digits"
  | "brackets"
  | "pairs"
  | "list"
  | "moves"
  | "record";

/** A parameter of the entry function. */
export interface Param {
  name: string;
  kind: Kind;
}

/** What the entry function returns, as far as final steps care. */
export type Result = "number" | "boolean" | "string" | "numbers" | "other";

/** The state of one draw: randomness, wanted difficulty, and what the rules have asked for so far. */
export interface Draw {
  rng: Rng;
  /** Difficulty from 1 (plain) to 3 (several steps). */
  level: number;
  /** Parameters in call order. */
  params: Param[];
  /** Helper functions that stand before the entry function, as code. */
  helpers: string[];
}

/** The heart of a program, before guards and final steps. */
export interface Draft {
  /** Statements before the final return. */
  body: string;
  /** The returned expression. */
  value: string;
  returns: Result;
  /** The problem in words, one sentence without its full stop. */
  text: string;
  /** Whether `body` returns early, so that a final step would not reach every result. */
  closed?: boolean;
  /** Whether the entry function calls itself, so that nothing may be wrapped around it. */
  recursive?: boolean;
}

/** A rule's code as a function of the variable it speaks about, and its words. */
export interface Rule {
  code: (v: string) => string;
  text: string;
}

/** Adds a parameter if it is not there yet, and returns its name. */
export function param(d: Draw, name: string, kind: Kind): string {
  if (!d.params.some((p) => p.name === name)) d.params.push({ name, kind });
  return name;
}

/** True with the given probability. */
export function chance(d: Draw, probability: number): boolean {
  return d.rng.next() < probability;
}

/** Picks one item by weight; items are `[weight, item]`. */
export function weighted<T>(d: Draw, items: readonly (readonly [number, T])[]): T {
  let at = d.rng.next() * items.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, item] of items) {
    at -= weight;
    if (at < 0) return item;
  }
  return items[items.length - 1]![1];
}

/** An integer from `low` to `high`, both included. */
export function between(d: Draw, low: number, high: number): number {
  return low + d.rng.int(high - low + 1);
}
