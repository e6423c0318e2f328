/**
 * What a round works with: the policy as it is sampled, programs, bugs, attempts and repairs.
 *
 * @module
 */
import type { Verdict } from "../sandbox/mod.ts";
import type { Rng } from "../base/mod.ts";
import type { Method } from "../config/mod.ts";
import type { GateOutcome, RunTests, Task } from "../tasks/mod.ts";
import type { Anchor } from "./anchor.ts";
import type { Archive } from "./archive.ts";
import type { PromptFormat } from "../prompts/mod.ts";
import type { Reference } from "./references.ts";

/** A sampled completion. */
export interface Completion {
  /** Token ids, the end token included where it was reached. */
  readonly tokens: readonly number[];
  /** Log-probability of each token under the temperature-scaled distribution, `[tokens]`. */
  readonly logprobs: ArrayLike<number>;
  /** Whether the end token was reached. */
  readonly finished: boolean;
}

/** A policy that can be sampled. */
export interface Sampler {
  /** Samples `count` completions of each prompt; one list a request, in order. */
  sample(
    requests: readonly {
      readonly prompt: readonly number[];
      readonly count: number;
      readonly seed: number;
    }[],
    options: {
      readonly maxTokens: number;
      readonly temperature: number;
      readonly topP: number;
      readonly topK: number;
    },
  ): Promise<readonly (readonly Completion[])[]>;
}

/** A bug that the fixer is given. */
export interface PlayedBug {
  readonly task: Task;
  /** Canonical form. */
  readonly code: string;
  /** Outcome of the visible tests. */
  readonly verdict: Verdict;
  /** Where it comes from. */
  readonly origin: "generated" | "reference" | "replay" | "second-order";
  /** Of a reference: `human`, `human-edited-lm` or `lm:<model>`; else the origin. */
  readonly source: string;
  /** 1 for a broken solution, 2 for a failed repair of one. */
  readonly order: number;
}

/** One attempt of the generator. */
export interface BugAttempt {
  /** What was sampled; absent where mutations took the generator's place. */
  readonly completion?: Completion;
  /** The code of the reply; empty if there was none. */
  readonly source: string;
  /** What the gate said. */
  readonly outcome: GateOutcome;
}

/** The attempts on one program. */
export interface AttemptGroup {
  readonly task: Task;
  /** Token ids; empty where mutations took the generator's place. */
  readonly prompt: readonly number[];
  /** How a bug was asked for. */
  readonly style: string;
  readonly attempts: readonly BugAttempt[];
}

/** One attempt of the fixer. */
export interface Repair {
  readonly completion: Completion;
  /** The code of the reply in canonical form; absent if there was none that parses. */
  readonly code?: string;
  /** Outcome of the visible tests; absent without code. */
  readonly verdict?: Verdict;
  /** Whether visible and hidden tests pass. */
  readonly passed: boolean;
  /** Lines changed from the buggy program; absent without code. */
  readonly changedLines?: number;
}

/** The repairs of one bug. */
export interface RepairGroup {
  readonly bug: PlayedBug;
  /** Token ids. */
  readonly prompt: readonly number[];
  readonly repairs: readonly Repair[];
}

/** The phases of a round, in order. */
export type Phase = "generate" | "gate" | "fix" | "judge" | "embed";

/** Everything that a round is played with. */
export interface Game {
  readonly method: Method;
  /** The policy being trained. */
  readonly policy: Sampler;
  /** The initial policy, for methods whose generator is frozen. */
  readonly frozen?: Sampler;
  readonly format: PromptFormat;
  /** Runs a program against tests, in the sandbox. */
  readonly run: RunTests;
  /** Programs that may be broken. */
  readonly programs: readonly Task[];
  /** Reference bugs of training tasks. */
  readonly references: readonly Reference[];
  /** Scores generated bugs; absent where nothing is to be scored. */
  readonly anchor?: Anchor;
  /** What was seen before; the round adds to it. */
  readonly archive: Archive;
  /** Draws of this round. */
  readonly rng: Rng;
  /** Is told when a phase begins. */
  readonly onPhase?: (phase: Phase) => void;
}
