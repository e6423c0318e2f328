/**
 * Generating a corpus: drawing programs, dropping doubles, making tasks, until there are enough.
 *
 * @module
 */
import { drawProgram, type Program } from "./assemble.ts";
import type { Evaluate } from "./evaluate.ts";
import { type Made, makeTasks } from "./factory.ts";

/** Most programs drawn between two looks at how many tasks there are. */
const ROUND = 160;

/** Programs drawn beyond the tasks that are missing, since some are dropped. */
const SPARE = 8;

/** Draws without a single new task after which the grammar counts as exhausted. */
const PATIENCE = 300;

/** Progress of a generation. */
export interface Progress {
  drawn: number;
  /** Distinct programs among the draws. */
  distinct: number;
  made: number;
}

/**
 * Generates tasks; the same seed and count give the same tasks in the same order.
 *
 * @param seed The corpus seed.
 * @param count How many tasks.
 * @param evaluate Runs programs.
 * @param onRound Told after each round.
 * @throws {RangeError} If the grammar has too few programs.
 */
export async function generateTasks(
  seed: number,
  count: number,
  evaluate: Evaluate,
  onRound: (progress: Progress) => void = () => {},
): Promise<Made[]> {
  const made: Made[] = [];
  const seen = new Set<string>();
  let lastFind = 0;
  for (let drawn = 0; made.length < count;) {
    const programs = new Map<string, Program>();
    const end = drawn + Math.min(ROUND, count - made.length + SPARE);
    for (; drawn < end; drawn++) {
      const program = drawProgram(seed, drawn);
      if (program === undefined || seen.has(program.code)) continue;
      seen.add(program.code);
      programs.set(`micro-${seed}-${drawn}`, program);
    }
    const found = await makeTasks(seed, programs, evaluate);
    made.push(...found);
    if (found.length > 0) lastFind = drawn;
    if (drawn - lastFind > PATIENCE) {
      throw new RangeError(`Cannot generate ${count} tasks: the grammar gave ${made.length}`);
    }
    onRound({ drawn, distinct: seen.size, made: made.length });
  }
  return made.slice(0, count);
}
