/**
 * The published similarity shaping, Choi et al. 2026 (arXiv:2607.03523), section 4.
 *
 *   B     <- 0.99 B + 0.01 mean(sim01)
 *   reward += 0.20 * clip(sim01 - B, -0.2, 0.2)    valid bugs only
 *
 * @module
 */

const DECAY = 0.99;
const WEIGHT = 0.2;
const BOUND = 0.2;

/** What valid bugs earn besides, and the baseline after the round. */
export interface Shaping {
  /** One number a bug. */
  readonly bonuses: readonly number[];
  /** To be handed to the next round. */
  readonly baseline: number;
}

/**
 * Rewards bugs for being more like the references than usual.
 *
 * @param similarities `sim01` of the valid bugs of one round.
 * @param baseline Of the round before; undefined in the first, which starts from its own mean.
 */
export function shapeRewards(
  similarities: readonly number[],
  baseline: number | undefined,
): Shaping {
  if (similarities.length === 0) return { bonuses: [], baseline: baseline ?? 0 };
  const mean = similarities.reduce((sum, value) => sum + value, 0) / similarities.length;
  const moved = baseline === undefined ? mean : DECAY * baseline + (1 - DECAY) * mean;
  const bonuses = similarities.map((value) =>
    WEIGHT * Math.min(BOUND, Math.max(-BOUND, value - moved))
  );
  return { bonuses, baseline: moved };
}
