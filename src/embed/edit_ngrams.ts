/**
 * The embedder `edit-ngrams`: hashed n-grams of what an edit adds and removes. It needs no model.
 *
 * A unified diff is cut into lexemes. Within each hunk, n-grams of the removed lines and of the added lines are counted
 * and subtracted, so that what stays on a changed line cancels; each lexeme also takes part by its kind (a name, a number,
 * a text), so that the same mistake with other names is near. Context lines take no part.
 *
 * @module
 */
import type { Embedder } from "./types.ts";

/** Length of the vectors. */
const DIMENSIONS = 512;

/** Longest n-gram, lexemes. */
const LONGEST = 3;

const LEXEME =
  /[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[<>=!&|+*/%?.-]{1,3}|\S/g;

const KEYWORDS = new Set(
  ("break case catch class const continue default do else false finally for function if in let new null of return " +
    "switch throw true try typeof undefined var while yield length push pop shift slice map filter reduce")
    .split(" "),
);

/** Embeds unified diffs without a model; equal diffs give equal vectors of length 1 (or 0 for an empty diff). */
export const editNgrams: Embedder = {
  embed: (texts) => Promise.resolve(texts.map(embedDiff)),
};

function embedDiff(diff: string): Float32Array {
  const counts = new Map<string, number>();
  for (const hunk of diff.split(/^@@.*$/m)) {
    for (const sign of ["+", "-"] as const) {
      const lines = hunk.split("\n").filter((line) => line.startsWith(sign));
      const lexemes = lines.flatMap((line) => [...(line.slice(1).match(LEXEME) ?? []), "\n"]);
      for (const spelling of [lexemes, lexemes.map(kindOf)]) {
        for (const gram of ngrams(spelling)) {
          counts.set(gram, (counts.get(gram) ?? 0) + (sign === "+" ? 1 : -1));
        }
      }
    }
  }
  return hashVector(counts);
}

function kindOf(lexeme: string): string {
  if (/^[A-Za-z_$]/.test(lexeme)) return KEYWORDS.has(lexeme) ? lexeme : "<name>";
  if (/^\d/.test(lexeme)) return "<number>";
  return /^["']/.test(lexeme) ? "<text>" : lexeme;
}

function* ngrams(lexemes: readonly string[]): Generator<string> {
  for (let start = 0; start < lexemes.length; start++) {
    for (let n = 1; n <= Math.min(LONGEST, lexemes.length - start); n++) {
      yield lexemes.slice(start, start + n).join(" ");
    }
  }
}

/** Each n-gram adds the signed root of its count at a hashed place with a hashed sign. */
function hashVector(counts: ReadonlyMap<string, number>): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const [gram, count] of counts) {
    const hash = fnv1a(gram);
    const sign = hash & 0x80000000 ? -1 : 1;
    vector[hash % DIMENSIONS]! += sign * Math.sign(count) * Math.sqrt(Math.abs(count));
  }
  const norm = Math.hypot(...vector);
  return norm === 0 ? vector : vector.map((value) => value / norm);
}

/** Fowler-Noll-Vo hash, 32 bits, over UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
