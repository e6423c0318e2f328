/**
 * Whether fixers learn to repair the bugs that their own generators make, over all runs of an arm that were played.
 *
 * @module
 */
import { rngStream } from "../../base/mod.ts";
import type { Comparison, Estimate } from "../estimators.ts";
import { markdownTable, percentInterval, pointsInterval, pValue } from "../table.ts";
import type { CrossPlay } from "./cross_play.ts";
import { difference, drawResamples, estimate, type Resample } from "./nested_bootstrap.ts";

/** How an arm's fixers do on the bugs of its last generators, over all runs that were played. */
export interface OwnBugs {
  readonly arm: string;
  readonly seeds: readonly number[];
  readonly bugs: number;
  /** Fix rate of the model that training began with. */
  readonly first: Estimate;
  /** Fix rate of the last fixers. */
  readonly last: Estimate;
  /** The last fixers less the first. */
  readonly gain: Comparison;
}

/**
 * Own bugs by arm, of the runs whose last generator made any; tasks and, within, seeds are resampled as in
 * {@linkcode drawResamples}.
 */
export function ownBugsByArm(plays: readonly CrossPlay[]): OwnBugs[] {
  const played = plays.filter(({ generators }) => generators.at(-1)!.tasks.length > 0);
  return [...Map.groupBy(played, ({ arm }) => arm)].map(([arm, own]) => {
    const runs = own.map(({ generators }) => generators.at(-1)!);
    const tasks = [...new Set(runs.flatMap((run) => run.tasks))];
    const place = new Map(tasks.map((task, i) => [task, i]));
    const places = runs.map((run) => run.tasks.map((task) => place.get(task)!));
    const resamples = drawResamples(tasks.length, runs.length, rngStream(1, "own bugs"));
    const rate = (digits: readonly string[], draw?: Resample) => {
      let [sum, n] = [0, 0];
      places.forEach((of, run) =>
        of.forEach((task, i) => {
          const weight = draw ? draw.seeds[run]! * draw.tasks[task]! : 1;
          sum += weight * Number(digits[run]![i]);
          n += weight;
        })
      );
      return sum / n;
    };
    const measure = (digits: readonly string[]) => {
      const draws = Float64Array.from(resamples, (draw) => rate(digits, draw));
      return { rate: rate(digits), draws };
    };
    const first = measure(runs.map(({ fixed }) => fixed[0]!));
    const last = measure(runs.map(({ fixed }) => fixed.at(-1)!));
    return {
      arm,
      seeds: own.map(({ seed }) => seed),
      bugs: places.flat().length,
      first: estimate(first.rate, first.draws),
      last: estimate(last.rate, last.draws),
      gain: difference([last.rate, first.rate], last.draws, first.draws),
    };
  });
}

/** What `report.md` says of them; nothing without arms. */
export function ownBugsSection(arms: readonly OwnBugs[]): string[] {
  if (arms.length === 0) return [];
  return [
    "Greedy repairs, in per cent, of the bugs that the last generator of each run made in programs it was not " +
    "trained on: by the model that training began with, and by the run's last fixer.",
    markdownTable({
      head: ["arm", "seeds", "bugs", "first fixer", "last fixer", "last - first", "p"],
      rows: arms.map(({ arm, seeds, bugs, first, last, gain }) => [
        arm,
        seeds.join(", "),
        String(bugs),
        percentInterval(first),
        percentInterval(last),
        pointsInterval(gain),
        pValue(gain.p),
      ]),
    }),
  ];
}
