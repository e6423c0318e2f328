/**
 * Byte-pair merges over one piece of text.
 *
 * Sennrich, Haddow and Birch 2016 (arXiv:1508.07909), over bytes: of all neighbouring pairs the one learned first is
 * merged, the leftmost of equals first, until no pair is known.
 *
 * @module
 */
import { CheckpointError } from "../base/mod.ts";
import { BYTE_CHARS, bytesToToken } from "./byte_alphabet.ts";
import { popHeap, pushHeap } from "./heap.ts";
import type { TokenizerJson } from "./tokenizer_json.ts";

/** Pieces longer than this many UTF-16 units are not remembered. */
const CACHED_LENGTH = 64;
/** The memory of pieces is emptied at this many. */
const CACHED_PIECES = 50_000;

/** Ids of a pair in one number that a Map can key on; ids stay below 2^26. */
export function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}

/** What the merge loop needs to know. */
interface MergeTable {
  /** Rank of each known pair by {@linkcode pairKey}; lower merges first. */
  readonly ranks: ReadonlyMap<number, number>;
  /** The token each merge makes, by rank. */
  readonly products: readonly number[];
}

const ascending = (a: number, b: number): boolean => a < b;

/** Merges `ids` in place as a linked list; queue entries are rank * 2^32 + position, checked again when popped. */
function mergeAll(ids: number[], { ranks, products }: MergeTable): number[] {
  const count = ids.length;
  const next = Int32Array.from(ids, (_, i) => i + 1);
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const queue: number[] = [];
  const rankAt = (left: number): number | undefined => {
    if (left < 0 || next[left]! >= count) return undefined;
    return ranks.get(pairKey(ids[left]!, ids[next[left]!]!));
  };
  const offer = (left: number): void => {
    const rank = rankAt(left);
    if (rank !== undefined) pushHeap(queue, rank * 2 ** 32 + left, ascending);
  };
  for (let i = 0; i + 1 < count; i++) offer(i);
  for (let entry; (entry = popHeap(queue, ascending)) !== undefined;) {
    const rank = Math.floor(entry / 2 ** 32);
    const left = entry % 2 ** 32;
    if (rankAt(left) !== rank) continue;
    const gone = next[left]!;
    ids[left] = products[rank]!;
    ids[gone] = -1;
    next[left] = next[gone]!;
    if (next[left]! < count) previous[next[left]!] = left;
    offer(previous[left]!);
    offer(left);
  }
  return ids.filter((id) => id >= 0);
}

function readMerges(model: TokenizerJson["model"], path: string): MergeTable {
  const ranks = new Map<number, number>();
  const products: number[] = [];
  for (const merge of model.merges) {
    const [left, right] = typeof merge === "string" ? merge.split(" ") : merge;
    const a = model.vocab[left ?? ""];
    const b = model.vocab[right ?? ""];
    const product = model.vocab[`${left}${right}`];
    if (a === undefined || b === undefined || product === undefined) {
      const shown = JSON.stringify(merge);
      throw new CheckpointError(
        `Cannot read ${path}: model.merges: ${shown} needs tokens that model.vocab does not hold`,
      );
    }
    const rank = products.push(product) - 1;
    ranks.set(pairKey(a, b), rank);
  }
  return { ranks, products };
}

function readByteIds(vocab: TokenizerJson["model"]["vocab"], path: string): number[] {
  return BYTE_CHARS.map((char, byte) => {
    const id = vocab[char];
    if (id === undefined) {
      throw new CheckpointError(`Cannot read ${path}: model.vocab: byte ${byte} has no token`);
    }
    return id;
  });
}

/**
 * Builds the function from a piece of text to its token ids.
 *
 * @param path File name, for the message.
 * @throws {CheckpointError} If a byte has no token or a merge names an unknown one.
 */
export function compileBpe(
  model: TokenizerJson["model"],
  path: string,
): (piece: string) => readonly number[] {
  const table = readMerges(model, path);
  const byteIds = readByteIds(model.vocab, path);
  const known = new Map<string, readonly number[]>();
  const utf8 = new TextEncoder();
  const whole = model.ignore_merges ? new Map(Object.entries(model.vocab)) : undefined;
  const encode = (piece: string): readonly number[] => {
    const bytes = utf8.encode(piece);
    const id = whole?.get(bytesToToken(bytes));
    if (id !== undefined) return [id];
    return mergeAll(Array.from(bytes, (byte) => byteIds[byte]!), table);
  };
  return (piece) => {
    const found = known.get(piece);
    if (found !== undefined) return found;
    const ids = encode(piece);
    if (known.size >= CACHED_PIECES) known.clear();
    if (piece.length <= CACHED_LENGTH) known.set(piece, ids);
    return ids;
  };
}
