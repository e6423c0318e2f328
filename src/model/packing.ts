/**
 * Packed batches: many prompts with their completions in one row of tokens, each prompt stored once.
 *
 * A token attends to its group's prompt and to its own segment up to itself, which two ranges describe; attention
 * never looks outside them. So a batch of variable length needs no padding, and K completions of one prompt cost
 * its tokens once, in the forward and in the backward pass.
 *
 * @module
 */

/** A prompt and the completions that share it, as token ids. */
export interface Group {
  /** At least one token. */
  readonly prompt: readonly number[];
  /** At least one token each. */
  readonly completions: readonly (readonly number[])[];
}

/** Host arrays of a packed batch of T tokens and P predictions. */
export interface PackedBatch {
  /** Token ids, `[T]`. The last token of a completion is predicted but never read, so it takes no row. */
  readonly tokens: Uint32Array<ArrayBuffer>;
  /** Rotary positions within prompt plus completion, `[T]`. */
  readonly positions: Uint32Array<ArrayBuffer>;
  /** Keys that a query sees: `[prefixStart, prefixEnd)` and `[start, end)`, `[T, 4]`. */
  readonly spans: Uint32Array<ArrayBuffer>;
  /** Key j is seen only by queries in `[j, reach[j])`, `[T]`. */
  readonly reach: Uint32Array<ArrayBuffer>;
  /** Row whose output predicts, ascending, `[P]`. */
  readonly pairRow: Uint32Array<ArrayBuffer>;
  /** Token that is predicted, `[P]`. */
  readonly pairTarget: Uint32Array<ArrayBuffer>;
  /** Predictions of row t are `[pairStart[t], pairStart[t + 1])`, `[T + 1]`. */
  readonly pairStart: Uint32Array<ArrayBuffer>;
  /** Which completion, counted over all groups, a prediction belongs to, `[P]`. */
  readonly pairCompletion: Uint32Array<ArrayBuffer>;
  /** Which token of that completion is predicted, `[P]`. */
  readonly pairOffset: Uint32Array<ArrayBuffer>;
}

/** Rows a group takes: its prompt once, and each completion without its last token. */
export function groupRows({ prompt, completions }: Group): number {
  return completions.reduce((rows, tokens) => rows + tokens.length - 1, prompt.length);
}

/** Predictions a group makes: one a completion token. */
export function groupPairs({ completions }: Group): number {
  return completions.reduce((pairs, tokens) => pairs + tokens.length, 0);
}

/**
 * Packs groups in order.
 *
 * @throws {RangeError} If a prompt or a completion is empty.
 */
export function packGroups(groups: readonly Group[]): PackedBatch {
  const rows = groups.reduce((sum, group) => sum + groupRows(group), 0);
  const pairs = groups.reduce((sum, group) => sum + groupPairs(group), 0);
  const batch: PackedBatch = {
    tokens: new Uint32Array(rows),
    positions: new Uint32Array(rows),
    spans: new Uint32Array(rows * 4),
    reach: new Uint32Array(rows),
    pairRow: new Uint32Array(pairs),
    pairTarget: new Uint32Array(pairs),
    pairStart: new Uint32Array(rows + 1),
    pairCompletion: new Uint32Array(pairs),
    pairOffset: new Uint32Array(pairs),
  };
  const cursor = { row: 0, pair: 0, completion: 0 };
  for (const group of groups) packGroup(batch, group, cursor);
  countPairs(batch);
  return batch;
}

interface Cursor {
  row: number;
  pair: number;
  completion: number;
}

function packGroup(batch: PackedBatch, group: Group, cursor: Cursor): void {
  const { prompt, completions } = group;
  if (prompt.length === 0 || completions.some((tokens) => tokens.length === 0)) {
    throw new RangeError(
      "Cannot pack a group: its prompt and its completions need at least a token",
    );
  }
  const start = cursor.row;
  const promptEnd = start + prompt.length;
  const groupEnd = start + groupRows(group);
  writeSegment(batch, { tokens: prompt, start, prefix: [start, start], reach: groupEnd });
  completions.forEach((tokens, i) => {
    writePair(batch, cursor, { row: promptEnd - 1, target: tokens[0]!, completion: i, offset: 0 });
  });
  let row = promptEnd;
  completions.forEach((tokens, i) => {
    const read = tokens.slice(0, -1);
    const prefix = [start, promptEnd] as const;
    writeSegment(batch, { tokens: read, start: row, prefix, reach: row + read.length });
    for (let t = 1; t < tokens.length; t++) {
      const target = tokens[t]!;
      writePair(batch, cursor, { row: row + t - 1, target, completion: i, offset: t });
    }
    row += read.length;
  });
  cursor.row = groupEnd;
  cursor.completion += completions.length;
}

function writeSegment(
  batch: PackedBatch,
  segment: {
    tokens: readonly number[];
    start: number;
    prefix: readonly [number, number];
    reach: number;
  },
): void {
  const { tokens, start, prefix, reach } = segment;
  tokens.forEach((token, i) => {
    const t = start + i;
    batch.tokens[t] = token;
    batch.positions[t] = prefix[1] - prefix[0] + i;
    batch.spans.set([prefix[0], prefix[1], start, t + 1], t * 4);
    batch.reach[t] = reach;
  });
}

function writePair(
  batch: PackedBatch,
  cursor: Cursor,
  pair: { row: number; target: number; completion: number; offset: number },
): void {
  const p = cursor.pair++;
  batch.pairRow[p] = pair.row;
  batch.pairTarget[p] = pair.target;
  batch.pairCompletion[p] = cursor.completion + pair.completion;
  batch.pairOffset[p] = pair.offset;
}

/** Fills `pairStart` from the sorted `pairRow`. */
function countPairs({ pairRow, pairStart }: PackedBatch): void {
  for (const row of pairRow) pairStart[row + 1]!++;
  for (let t = 1; t < pairStart.length; t++) pairStart[t]! += pairStart[t - 1]!;
}

/**
 * Cuts groups into consecutive micro-batches of at most `most` rows and as many predictions each.
 *
 * @throws {RangeError} If one group alone has more.
 */
export function splitMicroBatches<G extends Group>(groups: readonly G[], most: number): G[][] {
  const batches: G[][] = [];
  let rows = Infinity;
  for (const group of groups) {
    // Many short completions of a short prompt predict more tokens than they read.
    const size = Math.max(groupRows(group), groupPairs(group));
    if (size > most) {
      throw new RangeError(`Cannot pack a group of ${size} rows: a micro-batch holds ${most}`);
    }
    if (rows + size > most) {
      batches.push([]);
      rows = 0;
    }
    batches.at(-1)!.push(group);
    rows += size;
  }
  return batches;
}
