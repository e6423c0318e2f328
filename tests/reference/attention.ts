/**
 * Float64 reference of attention over packed sequences.
 *
 * @module
 */

/** Sizes of one call. */
export interface AttentionShape {
  /** Number of queries. */
  queries: number;
  /** Number of keys. */
  slots: number;
  /** Query heads. */
  heads: number;
  /** Key heads. */
  kvHeads: number;
  /** Length of a head. */
  dim: number;
}

/** Inputs: q `[queries, heads, dim]`, k and v `[slots, kvHeads, dim]`, spans `[queries, 4]`. */
export interface AttentionInput {
  /** Queries. */
  q: Float64Array;
  /** Keys. */
  k: Float64Array;
  /** Values. */
  v: Float64Array;
  /** (prefixStart, prefixEnd, start, end) of each query. */
  spans: Uint32Array;
}

/** Calls `visit` for every query n, head h and key j it sees, with the offsets of their rows. */
function eachScore(
  shape: AttentionShape,
  { q, k, spans }: AttentionInput,
  visit: (row: number, key: number, s: number) => void,
): void {
  const { queries, slots, heads, kvHeads, dim } = shape;
  for (let n = 0; n < queries; n++) {
    const [x, y, z, w] = spans.subarray(4 * n, 4 * n + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    for (let h = 0; h < heads; h++) {
      for (let j = 0; j < slots; j++) {
        if (!((j >= x && j < y) || (j >= z && j < w))) continue;
        const row = n * heads + h;
        const key = j * kvHeads + Math.floor(h / (heads / kvHeads));
        let dot = 0;
        for (let c = 0; c < dim; c++) dot += q[row * dim + c]! * k[key * dim + c]!;
        visit(row, key, dot / Math.sqrt(dim));
      }
    }
  }
}

/** lse = log sum exp(s), y = sum exp(s - lse) * v; a query that sees nothing has y = 0. */
export function attentionForward(
  shape: AttentionShape,
  input: AttentionInput,
): { y: Float64Array; lse: Float64Array } {
  const { queries, heads, dim } = shape;
  const sums = new Float64Array(queries * heads);
  eachScore(shape, input, (row, _, s) => sums[row]! += Math.exp(s));
  const lse = sums.map(Math.log);
  const y = new Float64Array(queries * heads * dim);
  eachScore(shape, input, (row, key, s) => {
    const p = Math.exp(s - lse[row]!);
    for (let c = 0; c < dim; c++) y[row * dim + c]! += p * input.v[key * dim + c]!;
  });
  return { y, lse };
}

/** ds = p * (dy . v - dy . y), dq = sum ds * k / sqrt(dim), dk = sum ds * q / sqrt(dim), dv = sum p * dy. */
export function attentionBackward(
  shape: AttentionShape,
  input: AttentionInput,
  dy: Float64Array,
): { dq: Float64Array; dk: Float64Array; dv: Float64Array } {
  const { dim } = shape;
  const { q, k, v } = input;
  const { y, lse } = attentionForward(shape, input);
  const dq = new Float64Array(q.length);
  const dk = new Float64Array(k.length);
  const dv = new Float64Array(v.length);
  eachScore(shape, input, (row, key, s) => {
    const p = Math.exp(s - lse[row]!);
    let dp = 0;
    for (let c = 0; c < dim; c++) {
      dp += dy[row * dim + c]! * (v[key * dim + c]! - y[row * dim + c]!);
    }
    for (let c = 0; c < dim; c++) {
      dq[row * dim + c]! += p * dp * k[key * dim + c]! / Math.sqrt(dim);
      dk[key * dim + c]! += p * dp * q[row * dim + c]! / Math.sqrt(dim);
      dv[key * dim + c]! += p * dy[row * dim + c]!;
    }
  });
  return { dq, dk, dv };
}
