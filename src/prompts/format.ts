/**
 * How a model is spoken to: prompts of both roles, and what counts as its answer.
 *
 * @module
 */
import type { Verdict } from "../sandbox/mod.ts";
import type { Rejection, Task } from "../tasks/mod.ts";

/** How the generator is asked for a bug. */
export type BreakStyle =
  | { readonly kind: "plain" | "remove" | "rewrite" }
  | { readonly kind: "hints"; readonly hints: readonly string[] };

/** The code of a reply, or why there is none. */
export type Reply =
  | { readonly ok: true; readonly code: string }
  | { readonly ok: false; readonly reason: Rejection };

/** What is measured of any model: it is asked to solve and to repair, in tokens or in words. */
export interface AskFormat<Prompt, Completion> {
  /** Asks for a solution from the problem alone. */
  solvePrompt(task: Task): Prompt;
  /** Asks for a repair. */
  fixPrompt(task: Task, bug: { readonly code: string; readonly verdict: Verdict }): Prompt;
  /** The code of a reply. */
  readReply(completion: Completion): Reply;
}

/** A sampled reply: token ids, and whether it came to its own end. */
export interface TokenCompletion {
  readonly tokens: readonly number[];
  readonly finished: boolean;
}

/** Prompts, as token ids, and answers of one kind of model here. */
export interface PromptFormat extends AskFormat<number[], TokenCompletion> {
  /** Kinds of mistakes that can be asked for. */
  readonly hints: readonly string[];
  /** Token ids that ask for a bug in the task's solution. */
  breakPrompt(task: Task, style: BreakStyle): number[];
  /** Token ids of a reply that holds a program, the end token included. */
  replyWith(code: string): number[];
  /** Text of token ids with control tokens written out, for records. */
  text(tokens: readonly number[]): string;
}

/** Shorthand for a reply without code. */
export function noReply(reason: Rejection): Reply {
  return { ok: false, reason };
}
