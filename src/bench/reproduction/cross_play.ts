/**
 * Cross-play: bugs of an arm's generator as it was at several rounds, repaired by its fixer as it was at several rounds.
 *
 * Rows that fall from left to right show a generator that outgrows its early fixers; columns that rise show fixers that
 * learned. The diagonal alone cannot tell one from the other.
 *
 * @module
 */
import { z } from "zod";
import { type Cell, type Chart, heatChart } from "../charts.ts";
import { markdownTable, percent } from "../table.ts";
import { cellFiles, isOfKind, parseAs, readJsonFile } from "./cell.ts";
import { type OwnBugs, ownBugsSection } from "./own_bugs.ts";

/** Checkpoints of one run played against each other. */
export const CrossPlay = z.strictObject({
  kind: z.literal("cross-play"),
  arm: z.string(),
  seed: z.int().min(0),
  command: z.string(),
  /** Settings that decide the result. */
  experiment: z.record(z.string(), z.json()),
  /** SHA-256 of every input, by name. */
  inputs: z.record(z.string(), z.string()),
  adapter: z.string(),
  gitCommit: z.string(),
  deno: z.string(),
  seconds: z.number(),
  /** Programs that every generator was asked to break; none was trained on. */
  programs: z.int().min(1),
  /** Rounds before each checkpoint, ascending; 0 is the model that training began with. */
  rounds: z.array(z.int().min(0)).min(1),
  /** By generator. */
  generators: z.array(z.strictObject({
    /** Attempts to break a program. */
    attempts: z.int().min(0),
    /** Ids of the valid bugs' tasks. */
    tasks: z.array(z.string()),
    /** By fixer: a digit a bug, 1 if its greedy repair passes. */
    fixed: z.array(z.string().regex(/^[01]*$/)),
  })),
});

/** Checkpoints of one run played against each other. */
export type CrossPlay = z.output<typeof CrossPlay>;

/** A matrix of the report. */
export interface CrossPlayReport {
  readonly arm: string;
  readonly seed: number;
  readonly rounds: readonly number[];
  readonly programs: number;
  /** Valid bugs by generator. */
  readonly bugs: readonly number[];
  /** Share of the attempts that are valid, by generator. */
  readonly validRate: readonly number[];
  /** Fix rates, `[generator][fixer]`; null where a generator made no valid bug. */
  readonly matrix: readonly (readonly (number | null)[])[];
}

/** Where a matrix lies in the folder of a reproduction. */
export function crossPlayPath(out: string, arm: string, seed: number): string {
  return `${out}/cells/cross-play-${arm}-${seed}.json`;
}

/**
 * Reads a matrix; undefined if there is none.
 *
 * @throws {ConfigError} If the file is not one.
 */
export async function readCrossPlay(path: string): Promise<CrossPlay | undefined> {
  const value = await readJsonFile(path);
  return value === undefined ? undefined : parseAs(CrossPlay, value, path);
}

/** Of each arm the matrix of its first seed, which stands for the others. */
export function firstOfArms(plays: readonly CrossPlay[]): CrossPlay[] {
  return [...Map.groupBy(plays, ({ arm }) => arm).values()]
    .map((own) => own.reduce((first, play) => play.seed < first.seed ? play : first));
}

/** All matrices of a folder, by file name. */
export async function readCrossPlays(out: string): Promise<CrossPlay[]> {
  const plays: CrossPlay[] = [];
  for (const path of await cellFiles(out)) {
    const value = await readJsonFile(path);
    if (isOfKind(value, "cross-play")) plays.push(parseAs(CrossPlay, value, path));
  }
  return plays;
}

/** What the report says of a matrix. */
export function crossPlayReport(play: CrossPlay): CrossPlayReport {
  const { arm, seed, rounds, programs, generators } = play;
  return {
    ...{ arm, seed, rounds, programs },
    bugs: generators.map(({ tasks }) => tasks.length),
    validRate: generators.map(({ tasks, attempts }) => tasks.length / Math.max(1, attempts)),
    matrix: generators.map(({ fixed }) =>
      fixed.map((digits) => digits === "" ? null : passedOf(digits) / digits.length)
    ),
  };
}

function passedOf(digits: string): number {
  return [...digits].filter((digit) => digit === "1").length;
}

/** The matrix as a heat map. */
export function crossPlayChart({ arm, seed, rounds, matrix }: CrossPlayReport): Chart {
  const cells = matrix.flatMap((row, g) =>
    row.flatMap((value, f): Cell[] =>
      value === null ? [] : [{ row: `round ${rounds[g]}`, column: `round ${rounds[f]}`, value }]
    )
  );
  return heatChart(cells, {
    title: `Cross-play of ${arm}, seed ${seed}`,
    subtitle: "share of the generator's bugs that the fixer repairs",
    x: "fixer",
    y: "generator",
  });
}

/** The section of `report.md`; nothing without matrices. */
export function crossPlaySections(
  plays: readonly CrossPlayReport[],
  ownBugs: readonly OwnBugs[],
): string[] {
  if (plays.length === 0) return [];
  return ["## Cross-play", ...ownBugsSection(ownBugs), ...plays.flatMap(describePlay)];
}

function describePlay(play: CrossPlayReport): string[] {
  const { arm, seed, rounds, programs, bugs, validRate, matrix } = play;
  const table = markdownTable({
    head: ["generator at round", "bugs", "valid, %", ...rounds.map((round) => `fixer at ${round}`)],
    rows: matrix.map((row, g) => [
      String(rounds[g]),
      String(bugs[g]),
      percent(validRate[g]!),
      ...row.map((rate) => rate === null ? "" : percent(rate)),
    ]),
  });
  return [
    `${arm}, seed ${seed}: greedy repairs, in per cent, of bugs in ${programs} programs that were not ` +
    `trained on.`,
    table,
  ];
}
