/**
 * What is watched in every round.
 *
 * @module
 */
import type { Json } from "../base/mod.ts";
import { isInformative, meanOf, stdOf } from "../rl/mod.ts";
import { canonicalForm, classifyEdit, countNames, entropyOf } from "../tasks/mod.ts";
import { passRate } from "./replay.ts";
import type { ScoredGroup } from "./score.ts";
import type { Completion, RepairGroup } from "./types.ts";

/** What a round's metrics are computed from. */
export interface RoundRecord {
  readonly attempts: readonly ScoredGroup[];
  /** First repairs of every bug played. */
  readonly first: readonly RepairGroup[];
  /** Repairs that go into the update: the first ones, or later ones where those were sampled again. */
  readonly repairs: readonly RepairGroup[];
  /** All completions sampled, those that were replaced included. */
  readonly completions: readonly Completion[];
}

/** Names and values; counts and shares are numbers, histograms are objects. */
export type RoundMetrics = Record<string, Json>;

/** All metrics of a round but the seconds of its phases. */
export function roundMetrics(record: RoundRecord): RoundMetrics {
  return {
    ...generatorMetrics(record.attempts),
    ...fixerMetrics(record),
    ...lengthMetrics("", record.completions),
  };
}

function generatorMetrics(groups: readonly ScoredGroup[]): RoundMetrics {
  const attempts = groups.flatMap((group) => group.attempts);
  const outcomes = attempts.map(({ attempt }) => attempt.outcome);
  const reasons = countNames(outcomes.flatMap((outcome) => outcome.ok ? [] : [outcome.reason]));
  const valid = outcomes.filter((outcome) => outcome.ok);
  const scores = attempts.flatMap(({ anchor }) => anchor ? [anchor] : []);
  const operators = countNames(groups.flatMap(operatorsOf));
  const rewards = attempts.map(({ reward }) => reward);
  return {
    "generator.attempts": attempts.length,
    "generator.reward.mean": meanOf(rewards),
    "generator.reward.std": stdOf(rewards),
    "generator.validRate": valid.length / Math.max(1, attempts.length),
    ...Object.fromEntries(
      Object.entries(reasons).map(([reason, n]) => [`generator.invalid.${reason}`, n]),
    ),
    "similarity.mean": meanOf(scores.map(({ similarity }) => similarity)),
    "similarity.percentile.mean": meanOf(scores.map(({ percentile }) => percentile)),
    "operators": operators,
    "operatorEntropy": entropyOf(operators),
    "editSize.mean": meanOf(valid.map(({ edit }) => edit.changedLines)),
    ...lengthMetrics("generator.", attempts.flatMap(({ attempt }) => attempt.completion ?? [])),
  };
}

/** The operator of each valid bug of a JavaScript or TypeScript program. */
function operatorsOf({ task, attempts }: ScoredGroup): string[] {
  if (task.language === "py") return [];
  const solution = canonicalForm(task.solution, task.language);
  return attempts.flatMap(({ attempt: { outcome } }) =>
    outcome.ok ? [classifyEdit(solution, outcome.code)] : []
  );
}

function fixerMetrics({ first, repairs }: RoundRecord): RoundMetrics {
  const own = first.filter(({ bug }) => bug.origin === "generated");
  const references = first.filter(({ bug }) => bug.origin === "reference");
  const rewards = first.flatMap(rewardsOf);
  const constant = first.filter((group) => !isInformative(rewardsOf(group)));
  const changed = first.flatMap((group) =>
    group.repairs.map(({ changedLines }) => changedLines ?? 0)
  );
  return {
    "fixer.groups": countNames(first.map(({ bug }) => bug.origin)),
    "fixer.reward.mean": meanOf(rewards),
    "fixer.reward.std": stdOf(rewards),
    "fixer.ownBugs.reward.mean": meanOf(own.flatMap(rewardsOf)),
    "fixer.references.reward.mean": meanOf(references.flatMap(rewardsOf)),
    "rho.histogram": countNames(own.map((group) => passRate(group).toFixed(2))),
    "zeroVarianceShare": constant.length / Math.max(1, first.length),
    "resampledGroups": repairs.filter((group, i) => group !== first[i]).length,
    "fixer.editSize.mean": meanOf(changed),
    ...lengthMetrics("fixer.", first.flatMap((group) => group.repairs.map((r) => r.completion))),
  };
}

function rewardsOf({ repairs }: RepairGroup): number[] {
  return repairs.map(({ passed }) => passed ? 1 : 0);
}

function lengthMetrics(prefix: string, completions: readonly Completion[]): RoundMetrics {
  const cut = completions.filter(({ finished }) => !finished);
  return {
    [`${prefix}length.mean`]: meanOf(completions.map(({ tokens }) => tokens.length)),
    [`${prefix}truncatedShare`]: cut.length / Math.max(1, completions.length),
    [`${prefix}sampledTokens`]: completions.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}
