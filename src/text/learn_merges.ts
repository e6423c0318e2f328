/**
 * The merge loop of byte-pair training, with pair counts kept up to date instead of counted anew.
 *
 * @module
 */
import { pairKey } from "./bpe.ts";
import { popHeap, pushHeap } from "./heap.ts";

/** A distinct piece of text. */
export interface Word {
  /** Its tokens; rewritten as merges are learned. */
  ids: number[];
  /** Whether a lexeme starts at each token; rewritten likewise. */
  starts: boolean[];
  /** How often it occurs. */
  readonly count: number;
}

/** A pair that may merge next. */
interface Candidate {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

const first = (a: Candidate, b: Candidate): boolean =>
  a.count !== b.count ? a.count > b.count : a.left !== b.left ? a.left < b.left : a.right < b.right;

/** How often each pair occurs, and in which words. */
class PairCounts {
  readonly counts = new Map<number, number>();
  readonly places = new Map<number, Set<number>>();
  readonly #touched = new Map<number, Candidate>();

  /** Adds `by` occurrences of a pair in a word; 0 books the place alone, for a pair that may not ask to merge. */
  add(left: number, right: number, by: number, word: number): void {
    const key = pairKey(left, right);
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
    if (by < 0) return;
    const places = this.places.get(key);
    if (places) places.add(word);
    else this.places.set(key, new Set([word]));
    if (!this.#touched.has(key)) this.#touched.set(key, { left, right, count: 0 });
  }

  /** The pairs that gained occurrences since the last call. */
  takeTouched(): Candidate[] {
    const gained = Array.from(this.#touched, ([key, { left, right }]) => {
      return { left, right, count: this.counts.get(key)! };
    });
    this.#touched.clear();
    return gained;
  }

  /** Forgets a pair that has merged. */
  drop(key: number): void {
    this.counts.delete(key);
    this.places.delete(key);
  }
}

/**
 * Whether two neighbours may merge: inside a lexeme always, across its end only if both are whole lexemes or rows of
 * them. The flags say whether a lexeme starts at the first, at the second, and right behind the second.
 */
function mayMerge(start: boolean, middle: boolean, end: boolean): boolean {
  return !middle || (start && end);
}

function countPairs(words: readonly Word[]): PairCounts {
  const pairs = new PairCounts();
  words.forEach(({ ids, starts, count }, index) => {
    for (let i = 0; i + 1 < ids.length; i++) {
      const legal = mayMerge(starts[i]!, starts[i + 1]!, starts[i + 2] ?? true);
      pairs.add(ids[i]!, ids[i + 1]!, legal ? count : 0, index);
    }
  });
  return pairs;
}

/** Merges a pair inside one word, left to right, and books the neighbouring pairs that change. */
function mergeWord(
  word: Word,
  index: number,
  merge: Candidate & { id: number },
  pairs: PairCounts,
) {
  const { left, right, id } = merge;
  const { ids, starts, count } = word;
  const startsAt = (i: number): boolean => starts[i] ?? true;
  const out: Word["ids"] = [];
  const outStarts: Word["starts"] = [];
  for (let i = 0; i < ids.length; i++) {
    const merging = ids[i] === left && ids[i + 1] === right;
    const [start, middle, end] = [startsAt(i), startsAt(i + 1), startsAt(i + 2)];
    const before = out.at(-1);
    const after = ids[i + 2];
    if (merging && before !== undefined) {
      const first = outStarts.at(-1)!;
      if (mayMerge(first, start, middle)) pairs.add(before, left, -count, index);
      pairs.add(before, id, mayMerge(first, start, end) ? count : 0, index);
    }
    if (merging && after !== undefined) {
      const last = startsAt(i + 3);
      if (mayMerge(middle, end, last)) pairs.add(right, after, -count, index);
      pairs.add(id, after, mayMerge(start, end, last) ? count : 0, index);
    }
    out.push(merging ? id : ids[i]!);
    outStarts.push(start);
    if (merging) i++;
  }
  word.ids = out;
  word.starts = outStarts;
}

/**
 * Learns merges until the vocabulary is full or no pair occurs twice.
 *
 * @param words Distinct pieces with their counts; `ids` are rewritten.
 * @param base The tokens to start from, by id.
 * @returns All tokens by id, and the merges in the order learned.
 */
export function learnMerges(
  words: readonly Word[],
  base: readonly string[],
  limits: { readonly vocabSize: number; readonly maxTokenLength: number },
): { tokens: string[]; merges: [string, string][] } {
  const tokens = [...base];
  const known = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  const pairs = countPairs(words);
  const queue: Candidate[] = [];
  const offer = (candidate: Candidate): void => {
    const length = tokens[candidate.left]!.length + tokens[candidate.right]!.length;
    if (length <= limits.maxTokenLength && candidate.count >= 2) pushHeap(queue, candidate, first);
  };
  pairs.takeTouched().forEach(offer);

  while (tokens.length < limits.vocabSize) {
    const best = popHeap(queue, first);
    if (best === undefined) break;
    const key = pairKey(best.left, best.right);
    const count = pairs.counts.get(key) ?? 0;
    if (count !== best.count) {
      offer({ ...best, count });
      continue;
    }
    const [left, right] = [tokens[best.left]!, tokens[best.right]!];
    const id = known.get(left + right) ?? tokens.push(left + right) - 1;
    known.set(left + right, id);
    merges.push([left, right]);
    for (const word of pairs.places.get(key)!) {
      mergeWord(words[word]!, word, { ...best, id }, pairs);
    }
    pairs.drop(key);
    pairs.takeTouched().forEach(offer);
  }
  return { tokens, merges };
}
