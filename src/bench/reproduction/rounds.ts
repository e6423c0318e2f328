/**
 * How what is watched in every round changes from the first rounds of a run to the last.
 *
 * @module
 */
import { mean } from "simple-statistics";
import { markdownTable, percent, points } from "../table.ts";
import type { ArmCell } from "./cell.ts";

/** Rounds at either end of a run. */
const ROUNDS = 5;

/** What is watched, and its heading. */
const WATCHED = {
  validRate: "valid bugs",
  ownPassRate: "own bugs repaired",
  referencePassRate: "references repaired",
  percentile: "percentile of similarity",
} as const;

/** Shares in the first and in the last rounds, means over seeds, and by how much single seeds changed. */
export interface Change {
  readonly first: number;
  readonly last: number;
  /** Of the seed that rose least or fell most. */
  readonly low: number;
  /** Of the seed that rose most. */
  readonly high: number;
}

/** The changes of one arm; what no round has is left out. */
export interface ArmChanges {
  readonly arm: string;
  readonly seeds: readonly number[];
  readonly changes: Readonly<Partial<Record<keyof typeof WATCHED, Change>>>;
}

/** Changes by arm, of the arms that play rounds. */
export function roundChanges(cells: readonly ArmCell[], order: readonly string[]): ArmChanges[] {
  const byArm = Map.groupBy(cells, ({ arm }) => arm);
  return order.flatMap((arm) => {
    const own = byArm.get(arm) ?? [];
    const changes = Object.fromEntries(
      Object.keys(WATCHED).flatMap((name) => {
        const change = changeOf(own.map(({ roundly }) => roundly[name as keyof typeof WATCHED]));
        return change ? [[name, change]] : [];
      }),
    );
    if (Object.keys(changes).length === 0) return [];
    return [{ arm, seeds: own.map(({ seed }) => seed), changes }];
  });
}

function changeOf(seeds: readonly (readonly (number | null)[])[]): Change | undefined {
  const ends = seeds.map((rounds) => rounds.filter((value) => value !== null))
    .filter((values) => values.length > 0)
    .map((values) => [mean(values.slice(0, ROUNDS)), mean(values.slice(-ROUNDS))] as const);
  if (ends.length === 0) return undefined;
  const rises = ends.map(([first, last]) => last - first);
  return {
    first: mean(ends.map(([first]) => first)),
    last: mean(ends.map(([, last]) => last)),
    low: Math.min(...rises),
    high: Math.max(...rises),
  };
}

/** The section of `report.md`; nothing without arms. */
export function roundsSection(arms: readonly ArmChanges[]): string[] {
  if (arms.length === 0) return [];
  const names = Object.keys(WATCHED) as (keyof typeof WATCHED)[];
  return [
    "## From the first rounds to the last",
    `In per cent: means of the first ${ROUNDS} rounds and of the last ${ROUNDS}, over the seeds; in brackets the ` +
    "changes of the seeds that changed least and most, in points. Bugs and repairs are sampled; own bugs are those " +
    "of the round's generator. The percentile says how many of the references are less similar to the other " +
    "references than a generated bug is: 50 is a bug as a real one.",
    markdownTable({
      head: ["arm", "seeds", ...names.map((name) => WATCHED[name])],
      rows: arms.map(({ arm, seeds, changes }) => [
        arm,
        String(seeds.length),
        ...names.map((name) => changes[name] ? describe(changes[name]) : ""),
      ]),
    }),
  ];
}

function describe({ first, last, low, high }: Change): string {
  return `${percent(first)} to ${percent(last)} [${points(low)}, ${points(high)}]`;
}
