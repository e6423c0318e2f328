/**
 * Programs that are nearly the same: equal canonical forms, or mostly equal runs of tokens.
 *
 * @module
 */
import { canonicalForm } from "../canonical.ts";
import type { Language } from "../types.ts";

/** A program of a task; a task may have several. */
export interface TaskProgram {
  readonly taskId: string;
  readonly code: string;
  readonly language: Language;
}

/** Tokens of a shingle, count. */
const SHINGLE = 5;
/** Share of common shingles (Jaccard index) from which on programs are nearly the same. */
export const NEAR = 0.7;

const TOKEN = /[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu;

/** Runs of five tokens of a program's canonical form; the whole program if it is shorter. */
export function shinglesOf({ code, language }: Omit<TaskProgram, "taskId">): Set<string> {
  const tokens = canonicalOr(code, language).match(TOKEN) ?? [];
  if (tokens.length <= SHINGLE) return new Set([tokens.join(" ")]);
  return new Set(
    tokens.slice(SHINGLE - 1).map((_, at) => tokens.slice(at, at + SHINGLE).join(" ")),
  );
}

function canonicalOr(code: string, language: Language): string {
  try {
    return canonicalForm(code, language);
  } catch {
    return code; // a form that the parser does not know is compared as it is
  }
}

/**
 * Groups tasks of which any two programs are nearly the same, chains included.
 *
 * @returns Lists of task ids, in the order of their first programs.
 */
export function nearDuplicates(programs: readonly TaskProgram[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const { taskId } of programs) groups.set(taskId, [taskId]);
  for (const [a, b] of nearPairs(programs)) {
    const [into, from] = [groups.get(a)!, groups.get(b)!];
    if (into === from) continue;
    into.push(...from);
    for (const taskId of from) groups.set(taskId, into);
  }
  return [...new Set(groups.values())];
}

/** Tasks of which a program is nearly the same as one of the others. */
export function tasksNear(
  programs: readonly TaskProgram[],
  others: readonly Omit<TaskProgram, "taskId">[],
): Set<string> {
  const index = new ShingleIndex();
  for (const other of others) index.add(shinglesOf(other));
  const near = programs.filter((program) => index.near(shinglesOf(program)).length > 0);
  return new Set(near.map(({ taskId }) => taskId));
}

/** Pairs of tasks. */
function* nearPairs(programs: readonly TaskProgram[]): Generator<[string, string]> {
  const index = new ShingleIndex();
  for (const program of programs) {
    const shingles = shinglesOf(program);
    for (const other of index.near(shingles)) yield [programs[other]!.taskId, program.taskId];
    index.add(shingles);
  }
}

/** From a shingle to the programs that have it, so that not every two programs need be compared. */
class ShingleIndex {
  readonly #sizes: number[] = [];
  readonly #programs = new Map<string, number[]>();

  /** Adds a program; they are numbered in the order of adding. */
  add(shingles: ReadonlySet<string>): void {
    for (const shingle of shingles) {
      const programs = this.#programs.get(shingle);
      if (programs) programs.push(this.#sizes.length);
      else this.#programs.set(shingle, [this.#sizes.length]);
    }
    this.#sizes.push(shingles.size);
  }

  /** Numbers of the programs that are nearly the same. */
  near(shingles: ReadonlySet<string>): number[] {
    const common = new Map<number, number>();
    for (const shingle of shingles) {
      for (const other of this.#programs.get(shingle) ?? []) {
        common.set(other, (common.get(other) ?? 0) + 1);
      }
    }
    return [...common].flatMap(([other, shared]) => {
      const jaccard = shared / (shingles.size + this.#sizes[other]! - shared);
      return jaccard >= NEAR ? [other] : [];
    });
  }
}
