/**
 * The first half of a round: programs are broken, and the gate says which breaks are bugs.
 *
 * @module
 */
import type { SelfplayConfig } from "../config/mod.ts";
import {
  canonicalForm,
  type GateOutcome,
  mutate,
  Rejection,
  type Task,
  validateBug,
} from "../tasks/mod.ts";
import { METHODS } from "./methods.ts";
import { type BreakStyle, noReply, type Reply } from "../prompts/mod.ts";
import type { AttemptGroup, Completion, Game, Sampler } from "./types.ts";

/** Hints that a prompt names. */
const HINTS_SHOWN = 3;

/** Replies on one program, before the gate. */
export interface Proposal {
  readonly task: Task;
  /** Token ids; empty where mutations took the generator's place. */
  readonly prompt: readonly number[];
  /** How a bug was asked for. */
  readonly style: string;
  readonly replies: readonly { readonly completion?: Completion; readonly reply: Reply }[];
}

/**
 * Breaks each program `bugsPerTask` times.
 *
 * @throws {TypeError} If the method's generator is frozen and there is no frozen policy.
 */
export async function proposeBugs(
  game: Game,
  tasks: readonly Task[],
  config: SelfplayConfig,
): Promise<Proposal[]> {
  const { generator } = METHODS[game.method];
  if (generator === "none") return [];
  if (generator === "mutations") {
    return tasks.map((task) => mutationProposal(game, task, config.bugsPerTask));
  }
  const sampler = generator === "frozen" ? game.frozen : game.policy;
  if (sampler === undefined) {
    throw new TypeError(`Cannot play ${game.method}: expected a frozen policy, there is none`);
  }
  return await samplePrompts(game, sampler, tasks, config);
}

async function samplePrompts(
  game: Game,
  sampler: Sampler,
  tasks: readonly Task[],
  config: SelfplayConfig,
): Promise<Proposal[]> {
  const asked = tasks.map((task) => {
    const rng = game.rng.fork("break", task.id);
    const style = drawStyle(rng.pick(config.generatorPrompts), game, task);
    return { task, style, prompt: game.format.breakPrompt(task, style), seed: rng.seed32() };
  });
  const sampled = await sampler.sample(
    asked.map(({ prompt, seed }) => ({ prompt, seed, count: config.bugsPerTask })),
    { maxTokens: config.maxTokens, temperature: config.temperature, topP: 1, topK: 0 },
  );
  return asked.map(({ task, style, prompt }, i) => ({
    task,
    prompt,
    style: style.kind,
    replies: sampled[i]!.map((completion) => ({
      completion,
      reply: game.format.readReply(completion),
    })),
  }));
}

function drawStyle(kind: BreakStyle["kind"], game: Game, task: Task): BreakStyle {
  if (kind !== "hints") return { kind };
  const hints = game.rng.fork("hints", task.id).shuffle(game.format.hints).slice(0, HINTS_SHOWN);
  return { kind, hints };
}

function mutationProposal(game: Game, task: Task, count: number): Proposal {
  const replies = Array.from({ length: count }, (_, i) => {
    const code = task.language === "py" ? undefined : mutate(
      canonicalForm(task.solution, task.language),
      game.rng.fork("mutate", task.id, i),
    )?.code;
    return { reply: code === undefined ? noReply(Rejection.NO_CODE) : { ok: true as const, code } };
  });
  return { task, prompt: [], style: "mutation", replies };
}

/** Lets every reply through the gate, all at once; of equal bugs in one round only the first is new. */
export async function gateProposals(
  game: Game,
  proposals: readonly Proposal[],
  config: SelfplayConfig,
): Promise<AttemptGroup[]> {
  const references = new Set(game.references.map(({ hash }) => hash));
  const seen = (hash: string): "archive" | "reference" | undefined =>
    game.archive.hashes.has(hash) ? "archive" : references.has(hash) ? "reference" : undefined;
  const context = { run: game.run, seen, wallMs: config.gateWallMs };
  const groups = await Promise.all(proposals.map(async ({ task, prompt, style, replies }) => {
    const attempts = replies.map(async ({ completion, reply }) => ({
      ...(completion && { completion }),
      source: reply.ok ? reply.code : "",
      outcome: reply.ok ? await validateBug(reply.code, task, context) : reply,
    }));
    return { task, prompt, style, attempts: await Promise.all(attempts) };
  }));
  const inRound = new Set<string>();
  return groups.map((group) => ({
    ...group,
    attempts: group.attempts.map((attempt) => ({
      ...attempt,
      outcome: firstOfRound(attempt.outcome, inRound),
    })),
  }));
}

function firstOfRound(outcome: GateOutcome, inRound: Set<string>): GateOutcome {
  if (!outcome.ok) return outcome;
  if (inRound.has(outcome.hash)) return { ok: false, reason: Rejection.ARCHIVED };
  inRound.add(outcome.hash);
  return outcome;
}
