/**
 * The bugs that the fixer plays besides the new ones: references, replayed bugs, failed repairs.
 *
 * @module
 */
import type { Rng } from "../base/mod.ts";
import type { SelfplayConfig } from "../config/mod.ts";
import { checkStatic, rejectionOf, validateBug } from "../tasks/mod.ts";
import { type Archive, keepBugs, type KeptBug } from "./archive.ts";
import { drawStratified, type Reference } from "./references.ts";
import type { Game, PlayedBug, RepairGroup } from "./types.ts";

/**
 * Draws the bugs that are added to a round's new ones.
 *
 * Replayed bugs and failed repairs are shares of the new bugs; references make up their share of all the fixer's groups.
 *
 * @param fresh New bugs of this round, count.
 */
export async function drawExtraBugs(
  game: Game,
  fresh: number,
  config: SelfplayConfig,
): Promise<PlayedBug[]> {
  const { archive, rng } = game;
  const [solved, failed] = await Promise.all([
    openKept(
      game,
      takeKept(archive.sometimesSolved, config.replayShare * fresh, rng.fork("replay")),
      {
        origin: "replay",
        wallMs: config.gateWallMs,
      },
    ),
    openKept(
      game,
      takeKept(archive.failedRepairs, config.secondOrderShare * fresh, rng.fork("second")),
      {
        origin: "second-order",
        wallMs: config.gateWallMs,
      },
    ),
  ]);
  const played = fresh + solved.length + failed.length;
  const count = Math.round(played * config.mixingShare / (1 - config.mixingShare));
  const references = drawStratified(game.references, count, rng.fork("mixing"));
  return [...solved, ...failed, ...await openReferenceBugs(game, references, config.gateWallMs)];
}

/** Reference bugs with the outcome of their visible tests. */
export async function openReferenceBugs(
  game: Game,
  references: readonly Reference[],
  wallMs: number,
): Promise<PlayedBug[]> {
  return await Promise.all(references.map(async ({ task, code, source }) => {
    const verdict = await game.run({ ...task, code }, task.tests, { limits: { wallMs } });
    return { task, code, verdict, origin: "reference" as const, source, order: 1 };
  }));
}

/** Remembers what a round's repairs are good for. */
export function rememberRepairs(archive: Archive, groups: readonly RepairGroup[]): void {
  const own = groups.filter(({ bug }) => bug.origin !== "reference");
  const solved = new Set(own.filter((group) => passRate(group) === 1).map(({ bug }) => bug.code));
  const sometimes = own.filter((group) => passRate(group) > 0 && passRate(group) < 1)
    .map(({ bug: { task, code, order } }) => ({ taskId: task.id, code, order }));
  archive.sometimesSolved = keepBugs(
    archive.sometimesSolved.filter(({ code }) => !solved.has(code)),
    sometimes,
  );
  const played = new Set(groups.map(({ bug }) => bug.code));
  archive.failedRepairs = keepBugs(
    archive.failedRepairs.filter(({ code }) => !played.has(code)),
    groups.flatMap(failedRepairs),
  );
}

/** Share of the repairs that passed. */
export function passRate({ repairs }: RepairGroup): number {
  return repairs.filter(({ passed }) => passed).length / repairs.length;
}

/** At most one failed repair of a first-order bug, one that looks like a bug in its own right. */
function failedRepairs({ bug, repairs }: RepairGroup): KeptBug[] {
  if (bug.order > 1) return [];
  const failed = repairs.find(({ code, verdict, passed }) =>
    !passed && code !== undefined && code !== bug.code && verdict !== undefined &&
    rejectionOf(verdict) === undefined && checkStatic(code, bug.task).ok
  );
  return failed ? [{ taskId: bug.task.id, code: failed.code!, order: 2 }] : [];
}

function takeKept(kept: readonly KeptBug[], share: number, rng: Rng): KeptBug[] {
  return rng.shuffle(kept).slice(0, Math.round(share));
}

/** Kept bugs whose task is still there and that still are bugs. */
async function openKept(
  game: Game,
  kept: readonly KeptBug[],
  { origin, wallMs }: { origin: "replay" | "second-order"; wallMs: number },
): Promise<PlayedBug[]> {
  const context = { run: game.run, seen: () => undefined, wallMs };
  const opened = await Promise.all(kept.map(async ({ taskId, code, order }) => {
    const task = game.programs.find(({ id }) => id === taskId) ??
      game.references.find((reference) => reference.task.id === taskId)?.task;
    if (task === undefined) return undefined;
    const outcome = await validateBug(code, task, context);
    return outcome.ok
      ? { task, code, verdict: outcome.verdict, origin, source: origin, order }
      : undefined;
  }));
  return opened.filter((bug) => bug !== undefined);
}
