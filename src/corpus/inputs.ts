/**
 * Values to call a program with: small, with the edges that the program's own constants make interesting.
 *
 * @module
 */
import type { Json, Rng } from "../base/mod.ts";
import type { Kind, Param } from "./draft.ts";

/** What a program's text says about interesting values. */
export interface Hints {
  numbers: readonly number[];
  letters: readonly string[];
}

/** Collects the number and string constants of a program. */
export function hintsOf(code: string): Hints {
  const strings = [...code.matchAll(/"([^"]*)"/g)].map((match) => match[1]!);
  const bare = code.replace(/"[^"]*"/g, "");
  const numbers = [...bare.matchAll(/\d+/g)].map((match) => Number(match[0]));
  const letters = strings.flatMap((text) => [...text]).filter((c) => /[a-z]/.test(c));
  return { numbers: [...new Set(numbers)].filter((n) => n < 1000), letters: [...new Set(letters)] };
}

function integer(rng: Rng, hints: Hints, low: number, high: number): number {
  const near = hints.numbers.filter((n) => n >= low && n <= high);
  if (near.length > 0 && rng.next() < 0.45) {
    const n = rng.pick(near) + rng.int(3) - 1;
    return Math.max(low, Math.min(high, n));
  }
  return low + rng.int(high - low + 1);
}

const LENGTHS: readonly number[] = [0, 1, 2, 3, 3, 4, 4, 5, 5, 6];

function integers(rng: Rng, hints: Hints): number[] {
  const length = rng.pick(LENGTHS);
  const low = rng.next() < 0.5 ? 0 : -9;
  const high = rng.pick([6, 12, 12]);
  const xs = Array.from({ length }, () => integer(rng, hints, low, high));
  const tie = rng.int(Math.max(1, length));
  if (length > 1 && rng.next() < 0.4) xs[tie] = xs[(tie + 1) % length]!;
  return xs;
}

function letters(rng: Rng, length: number, alphabet: readonly string[]): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    text += i > 0 && rng.next() < 0.25 ? text[i - 1]! : rng.pick(alphabet);
  }
  return text;
}

function word(rng: Rng, hints: Hints, longest = 8): string {
  const base = [..."abcdeixou"];
  const wide = [..."aAbBcEzXhm019 -"];
  const own = [...hints.letters, ...hints.letters, ...base];
  const alphabet = rng.next() < 0.5 ? own : [...own, ...wide];
  return letters(rng, rng.int(longest + 1), alphabet);
}

function plainWord(rng: Rng, hints: Hints): string {
  return letters(rng, 1 + rng.int(5), [...hints.letters, ..."abcdeioxz"]);
}

function nested(rng: Rng, hints: Hints, depth: number): Json {
  const length = rng.int(depth === 0 ? 5 : 3);
  return Array.from(
    { length },
    () =>
      depth < 3 && rng.next() < 0.3 ? nested(rng, hints, depth + 1) : integer(rng, hints, -6, 12),
  );
}

function rows(rng: Rng, hints: Hints): Json {
  const size = rng.int(4);
  return Array.from(
    { length: size },
    () => Array.from({ length: size }, () => integer(rng, hints, -6, 12)),
  );
}

function brackets(rng: Rng): string {
  if (rng.next() < 0.4) {
    return rng.pick([
      "",
      "()",
      "(())",
      "a(b)c",
      "()()",
      "((a)b)",
      "(a(b)",
      "(()())",
      "a)",
      "(a)(b)",
    ]);
  }
  return letters(rng, rng.int(8), ["(", "(", ")", ")", "a", "b"]);
}

function record(rng: Rng, hints: Hints): Json {
  const names = rng.shuffle([..."abcdxy"]).slice(0, rng.int(5)).sort();
  return Object.fromEntries(names.map((name) => [name, integer(rng, hints, -6, 15)]));
}

function pairs(rng: Rng, hints: Hints): string {
  const names = rng.shuffle([..."abcxy"]).slice(0, 1 + rng.int(3));
  return names.map((name) => `${name}=${integer(rng, hints, 0, 12)}`).join(";");
}

function sorted(rng: Rng, hints: Hints): Json {
  return integers(rng, hints).sort((a, b) => a - b);
}

const DRAW: Readonly<Record<Kind, (rng: Rng, hints: Hints) => Json>> = {
  int: (rng, hints) => integer(rng, hints, -9, 20),
  nat: (rng, hints) => integer(rng, hints, 0, rng.pick([6, 12, 16])),
  digits: (rng, hints) =>
    rng.next() < 0.3 ? integer(rng, hints, 0, 20) : rng.int(rng.pick([100, 1000, 10000])),
  ints: integers,
  sorted,
  nested: (rng, hints) => nested(rng, hints, 0),
  matrix: rows,
  word,
  text: (rng, hints) =>
    Array.from({ length: 1 + rng.int(4) }, () => plainWord(rng, hints)).join(" "),
  words: (rng, hints) => Array.from({ length: rng.int(5) }, () => plainWord(rng, hints)),
  brackets,
  pairs,
  list: (rng, hints) =>
    Array.from({ length: 1 + rng.int(4) }, () => integer(rng, hints, -3, 12)).join(","),
  moves: (rng) => letters(rng, rng.int(8), ["u", "u", "d"]),
  record,
};

/** The plainest value of each kind: what an edge case starts from. */
const PLAIN: Readonly<Partial<Record<Kind, Json>>> = {
  int: 0,
  nat: 0,
  digits: 0,
  ints: [],
  nested: [],
  word: "",
  words: [],
  record: {},
};

/**
 * Draws distinct argument lists for a program, the plainest first where there is one.
 *
 * @param count Most argument lists; fewer if the draws repeat.
 */
export function drawInputs(
  rng: Rng,
  params: readonly Param[],
  hints: Hints,
  count: number,
): Json[][] {
  const found = new Map<string, Json[]>();
  const add = (args: Json[]): void => void found.set(JSON.stringify(args), args);
  const [first] = params;
  if (first !== undefined && PLAIN[first.kind] !== undefined) {
    add(params.map((p) => p === first ? PLAIN[p.kind]! : DRAW[p.kind](rng, hints)));
  }
  for (let i = 0; found.size < count && i < count * 3; i++) {
    add(params.map((p) => DRAW[p.kind](rng, hints)));
  }
  return [...found.values()];
}
