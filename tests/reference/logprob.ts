/**
 * Float64 reference of logprob.
 *
 * @module
 */

/** z = logits / temperature, lse = log sum exp z, logp = z[token] - lse, entropy = lse - sum p z. */
export function logprobForward(
  logits: Float64Array,
  token: Uint32Array,
  temperature: number,
): { lse: Float64Array; logp: Float64Array; entropy: Float64Array } {
  const rows = token.length;
  const cols = logits.length / rows;
  const [lse, logp, entropy] = [0, 0, 0].map(() => new Float64Array(rows)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let n = 0; n < rows; n++) {
    const z = logits.subarray(n * cols, (n + 1) * cols).map((value) => value / temperature);
    const top = z.reduce((a, b) => Math.max(a, b));
    lse[n] = top + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0));
    logp[n] = z[token[n]!]! - lse[n]!;
    entropy[n] = lse[n]! - z.reduce((sum, value) => sum + Math.exp(value - lse[n]!) * value, 0);
  }
  return { lse, logp, entropy };
}

/** dlogits = g * (onehot(token) - p) / temperature. */
export function logprobBackward(
  logits: Float64Array,
  token: Uint32Array,
  g: Float64Array,
  temperature: number,
): Float64Array {
  const { lse } = logprobForward(logits, token, temperature);
  const cols = logits.length / token.length;
  return logits.map((value, i) => {
    const n = Math.floor(i / cols);
    const p = Math.exp(value / temperature - lse[n]!);
    return g[n]! * ((i % cols === token[n] ? 1 : 0) - p) / temperature;
  });
}
