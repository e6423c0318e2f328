/**
 * Float64 reference of sample: the same draws from the same counters.
 *
 * @module
 */

/** The distribution that is drawn from. */
export interface SampleOptions {
  /** The run's random seed. */
  seed: number;
  /** Divides the logits; 0 is greedy. */
  temperature: number;
  /** Number of tokens kept; 0 is all. */
  topK: number;
  /** Probability of those kept; 1 is all. */
  topP: number;
}

function mix(word: number): number {
  let z = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** Tokens that can be drawn: the topK largest, of those the fewest with probability topP. */
export function keptTokens(z: Float64Array, { topK, topP }: SampleOptions): number[] {
  const order = [...z.keys()].sort((a, b) => z[b]! - z[a]! || a - b);
  const most = topK === 0 ? order : order.slice(0, topK);
  const mass = most.reduce((sum, c) => sum + Math.exp(z[c]!), 0);
  let share = 0;
  return most.filter((c) => {
    const needed = share < topP * mass;
    share += Math.exp(z[c]!);
    return needed;
  });
}

/** One draw: argmax over the kept of z - log e(seed, stream, step, c), and its log-probability among the kept. */
export function sample(
  logits: Float64Array,
  counter: { stream: number; step: number },
  options: SampleOptions,
): { token: number; logp: number } {
  const { seed, temperature } = options;
  const greedy = temperature === 0;
  const z = logits.map((value) => value / (greedy ? 1 : temperature));
  const kept = greedy ? [...z.keys()] : keptTokens(z, options);
  const key = mix(mix(mix(seed + 0x9e3779b9) + counter.stream) + counter.step);
  const score = (c: number): number => {
    const bits = mix(key ^ mix(c + 0x9e3779b9));
    return greedy ? z[c]! : z[c]! - Math.log(-Math.log1p(-(bits + 0.5) / 2 ** 32));
  };
  const token = kept.reduce((best, c) => score(c) > score(best) ? c : best);
  const lse = Math.log(kept.reduce((sum, c) => sum + Math.exp(z[c]!), 0));
  return { token, logp: z[token]! - lse };
}
