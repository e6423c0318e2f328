/**
 * One round of self-play: break programs, check the bugs, repair them, judge the repairs, score both sides.
 *
 * Nothing is learned here; a round only says what happened. It is a function of the policy, the archive and the stream of
 * random draws, up to the seconds it took.
 *
 * @module
 */
import type { SelfplayConfig } from "../config/mod.ts";
import { type EpisodeGroup, isInformative } from "../rl/mod.ts";
import {
  demonstrationEpisodes,
  fixerEpisodes,
  generatorEpisodes,
  mixedGeneratorEpisodes,
  supervisedEpisodes,
} from "./episodes.ts";
import { METHODS, selfplayOf } from "./methods.ts";
import { type RoundMetrics, roundMetrics } from "./metrics.ts";
import { gateProposals, proposeBugs } from "./propose.ts";
import { drawStratified } from "./references.ts";
import { judgeRepairs, type RepairDraft, sampleRepairs } from "./repair.ts";
import { drawExtraBugs, openReferenceBugs, rememberRepairs } from "./replay.ts";
import { fixerRollouts, generatorRollouts, type Rollout } from "./rollouts.ts";
import { scoreAttempts } from "./score.ts";
import { shareRuns } from "./share_runs.ts";
import { Stopwatch } from "./stopwatch.ts";
import type { AttemptGroup, Completion, Game, PlayedBug, RepairGroup } from "./types.ts";

/** What a round leaves. */
export interface Round {
  /** For the update. */
  readonly episodes: readonly EpisodeGroup[];
  readonly metrics: RoundMetrics;
  /** For the record. */
  readonly rollouts: readonly Rollout[];
}

/**
 * Plays one round; `given.archive` remembers what it needs for the next ones.
 *
 * @param given Policy, programs, references, sandbox, draws of this round.
 * @param config Section `selfplay`; the method may switch parts of it off.
 * @throws {SandboxError} If the sandbox cannot run anything; a failing program is data.
 */
export async function playRound(given: Game, config: SelfplayConfig): Promise<Round> {
  const game = { ...given, run: shareRuns(given.run) };
  if (METHODS[game.method].supervised) return await supervisedRound(game, config);
  const played = selfplayOf(game.method, config);
  const watch = new Stopwatch(game.onPhase);
  watch.start("generate");
  const tasks = game.rng.fork("tasks").shuffle(game.programs).slice(0, played.tasks);
  const proposals = await proposeBugs(game, tasks, played);
  watch.start("gate");
  const groups = await gateProposals(game, proposals, played);
  const bugs = newBugs(groups);
  const extra = await drawExtraBugs(game, bugs.length, played);
  const { first, repairs, completions } = await playRepairs(
    game,
    [...bugs, ...extra],
    played,
    watch,
  );
  watch.start("embed");
  const attempts = await scoreAttempts(game, groups, first, played);
  watch.stop();
  for (const { outcome } of groups.flatMap((group) => group.attempts)) {
    if (outcome.ok) game.archive.hashes.add(outcome.hash);
  }
  rememberRepairs(game.archive, repairs);
  const record = { attempts, first, repairs, completions: [...repliesOf(groups), ...completions] };
  const generator = [
    ...generatorEpisodes(game, attempts),
    ...mixedGeneratorEpisodes(game, first, played),
  ];
  const shown = demonstrationEpisodes(game, repairs, played.demonstrationWeight);
  return {
    episodes: [...generator, ...fixerEpisodes(repairs, played), ...shown],
    metrics: { ...roundMetrics(record), "fixer.demonstrations": shown.length, ...watch.metrics() },
    rollouts: [...generatorRollouts(game, attempts), ...fixerRollouts(game, repairs)],
  };
}

function repliesOf(groups: readonly AttemptGroup[]): Completion[] {
  return groups.flatMap(({ attempts }) => attempts.flatMap(({ completion }) => completion ?? []));
}

function newBugs(groups: readonly AttemptGroup[]): PlayedBug[] {
  return groups.flatMap(({ task, attempts }) =>
    attempts.flatMap(({ outcome }) => {
      if (!outcome.ok) return [];
      const { code, verdict } = outcome;
      return [{ task, code, verdict, origin: "generated" as const, source: "generated", order: 1 }];
    })
  );
}

interface PlayedRepairs {
  readonly first: readonly RepairGroup[];
  readonly repairs: readonly RepairGroup[];
  readonly completions: readonly Completion[];
}

/** Repairs all bugs, and again those whose repairs all passed or all failed (DAPO, arXiv:2503.14476, section 3.2). */
async function playRepairs(
  game: Game,
  bugs: readonly PlayedBug[],
  config: SelfplayConfig,
  watch: Stopwatch,
): Promise<PlayedRepairs> {
  const drafts: RepairDraft[] = [];
  const play = async (some: readonly PlayedBug[], draw: number): Promise<RepairGroup[]> => {
    watch.start("fix");
    const sampled = await sampleRepairs(game, some, config, draw);
    drafts.push(...sampled);
    watch.start("judge");
    return await judgeRepairs(game, sampled, config);
  };
  const first = await play(bugs, 0);
  const repairs = [...first];
  for (let draw = 1; draw <= config.resamples; draw++) {
    const constant = repairs.flatMap((group, i) => hasSignal(group) ? [] : [i]);
    if (constant.length === 0) break;
    const again = await play(constant.map((i) => bugs[i]!), draw);
    constant.forEach((i, n) => repairs[i] = again[n]!);
  }
  return { first, repairs, completions: drafts.flatMap((draft) => draft.completions) };
}

function hasSignal({ repairs }: RepairGroup): boolean {
  return isInformative(repairs.map(({ passed }) => passed ? 1 : 0));
}

/** As many reference bugs as a round has attempts, each with its solution. */
async function supervisedRound(game: Game, config: SelfplayConfig): Promise<Round> {
  const watch = new Stopwatch(game.onPhase);
  watch.start("gate");
  const count = config.tasks * config.bugsPerTask;
  const drawn = drawStratified(game.references, count, game.rng.fork("supervised"));
  const bugs = await openReferenceBugs(game, drawn, config.gateWallMs);
  watch.stop();
  const record = { attempts: [], first: [], repairs: [], completions: [] };
  return {
    episodes: supervisedEpisodes(game, bugs),
    metrics: { ...roundMetrics(record), ...watch.metrics() },
    rollouts: [],
  };
}
