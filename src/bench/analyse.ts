/**
 * Describes a set of bugs by source: how they fail, how large and of what kind their edits are, whether sources look
 * apart, and whether generated bugs can be told from them.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { Embedder, NeighbourSearch } from "../embed/mod.ts";
import { canonicalForm, mutate, type RunTests, unifiedDiff } from "../tasks/mod.ts";
import { type Example, type Separation, separation } from "./analyse_classifier.ts";
import { type EditProfile, editProfile } from "./analyse_edits.ts";
import { failedShares, type FailureRates, failureRates } from "./analyse_failures.ts";
import { type EmbeddedBug, type Purity, sourcePurity } from "./analyse_purity.ts";
import type { BenchItem } from "./items.ts";

/** What is known of the bugs of one source. */
export interface SourceProfile extends EditProfile, FailureRates {
  /** Number of bugs. */
  readonly n: number;
}

/** Generated bugs, beside the real ones. */
export interface GeneratedProfile extends SourceProfile {
  /** How well a classifier tells them from the real ones; absent if there are too few of either. */
  readonly classifier?: Separation;
}

/** A description of a set of bugs. */
export interface Analysis {
  readonly items: number;
  readonly tasks: number;
  /** By source, alphabetically. */
  readonly sources: Readonly<Record<string, SourceProfile>>;
  /** By source; absent where there is only one task. */
  readonly purity: Readonly<Record<string, Purity>>;
  /** Absent without generated bugs. */
  readonly generated?: GeneratedProfile;
}

/** What an analysis works with. */
export interface AnalyseTools {
  /** Runs a program against tests, in the sandbox. */
  readonly run: RunTests;
  readonly embedder: Embedder;
  readonly search: NeighbourSearch;
}

/** How an analysis is made. */
export interface AnalyseSettings {
  /** Neighbours of each bug for its source's purity, count. */
  readonly neighbours: number;
  /** Time limit of one program, milliseconds. */
  readonly wallMs: number;
  /** Seed of bootstraps, folds and mutations. */
  readonly seed: number;
}

/** Mutants tried for a bug before it goes without one. */
const MUTANTS = 4;

/**
 * Analyses bugs.
 *
 * @param generated Bugs made by a model or by mutation, to be told from the others; may be empty.
 */
export async function analyseBugs(
  { items, generated }: { items: readonly BenchItem[]; generated: readonly BenchItem[] },
  { run, embedder, search }: AnalyseTools,
  { neighbours: k, wallMs, seed }: AnalyseSettings,
): Promise<Analysis> {
  const all = [...items, ...generated];
  const shares = await failedShares(all, run, wallMs);
  const vectors = await embedder.embed(all.map(bugDiff));
  const bugs = all.map((item, i): AnalysedBug => ({
    item,
    taskId: item.task.id,
    source: item.source,
    label: i < items.length ? 0 : 1,
    share: shares[i],
    vector: vectors[i]!,
  }));
  const real = bugs.slice(0, items.length);
  const bySource = [...Map.groupBy(real, ({ source }) => source)]
    .sort(([a], [b]) => a < b ? -1 : 1);
  const tasks = new Set(real.map(({ taskId }) => taskId)).size;
  return {
    items: items.length,
    tasks,
    sources: Object.fromEntries(bySource.map(([source, some]) => [source, profileOf(some)])),
    purity: await sourcePurity(real, { k, search, rng: rngStream(seed, "purity") }),
    ...(generated.length > 0 && {
      generated: {
        ...profileOf(bugs.slice(items.length)),
        ...(tasks > 1 && { classifier: separation(bugs, rngStream(seed, "classifier")) }),
      },
    }),
  };
}

/** A bug with what was measured of it. */
interface AnalysedBug extends Example, EmbeddedBug {
  readonly item: BenchItem;
  readonly vector: Float32Array;
  /** Share of its tests that it fails. */
  readonly share: number | undefined;
}

function profileOf(bugs: readonly AnalysedBug[]): SourceProfile {
  return {
    n: bugs.length,
    ...failureRates(bugs.map(({ share }) => share)),
    ...editProfile(bugs.map(({ item }) => item)),
  };
}

/** The edit that made a bug, as it is embedded: the unified diff from the solution, both in canonical form. */
export function bugDiff({ task, code }: BenchItem): string {
  return unifiedDiff(canonicalForm(task.solution, task.language), code);
}

/**
 * A generic mutant of each bug's solution that fails its tests: what a generator that knows nothing would make.
 *
 * Solutions in Python, and those of which no mutant tried fails, give none.
 */
export async function failingMutants(
  items: readonly BenchItem[],
  run: RunTests,
  { wallMs, seed }: Pick<AnalyseSettings, "wallMs" | "seed">,
): Promise<BenchItem[]> {
  const mutants = await Promise.all(items.map(async ({ id, task }): Promise<BenchItem[]> => {
    if (task.language === "py") return [];
    const solution = canonicalForm(task.solution, task.language);
    for (let attempt = 0; attempt < MUTANTS; attempt++) {
      const mutant = mutate(solution, rngStream(seed, "mutant", id, attempt));
      if (mutant === undefined) return [];
      const item = { id: `${id}/mutant`, source: "mutation", task, code: mutant.code };
      const [share = 0] = await failedShares([item], run, wallMs);
      if (share > 0) return [item];
    }
    return [];
  }));
  return mutants.flat();
}
