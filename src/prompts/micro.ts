/**
 * The compact prompts of micro models: a marker token in place of every sentence.
 *
 *   <|solve|>{problem}\n<|answer|>                                         -> {program}<|endoftext|>
 *   <|break|>{problem}\n<|code|>{solution}<|answer|>                        -> {bug}<|endoftext|>
 *   <|fix|>{problem}\n<|code|>{bug}<|test|>{observation}<|answer|>          -> {repair}<|endoftext|>
 *
 * The observation is one line about the first failing test. A style other than `plain` is a word and a colon before the
 * problem.
 *
 * @module
 */
import { observeFirst, Rejection } from "../tasks/mod.ts";
import type { Tokenizer } from "../text/mod.ts";
import { type BreakStyle, noReply, type PromptFormat } from "./format.ts";
import { HINTS } from "./hints.ts";

/** Prompts from plain strings, as pretraining builds them. */
export interface MicroPrompts {
  /** Token ids that ask for a solution. */
  solve(problem: string): number[];
  /** Token ids that ask for a repair; `observation` is one line. */
  fix(problem: string, code: string, observation: string): number[];
  /** Token ids that ask for a bug; `hint` is one of {@linkcode HINTS}, or empty. */
  break(problem: string, code: string, hint: string): number[];
  /** Token ids of an answer, the end token included. */
  answer(code: string): number[];
}

/** The prompts of a micro model's tokenizer. */
export function microPrompts(tokenizer: Tokenizer): MicroPrompts {
  const id = (marker: string): number => tokenizer.id(`<|${marker}|>`);
  const text = (value: string): number[] => tokenizer.encode(value);
  const [end, answer, code] = [id("endoftext"), id("answer"), id("code")];
  return {
    solve: (problem) => [id("solve"), ...text(`${problem}\n`), answer],
    fix: (problem, program, observation) => {
      const body = [...text(`${problem}\n`), code, ...text(program)];
      return [id("fix"), ...body, id("test"), ...text(observation), answer];
    },
    break: (problem, program, hint) => {
      const asked = text(`${hint === "" ? "" : `${hint}: `}${problem}\n`);
      return [id("break"), ...asked, code, ...text(program), answer];
    },
    answer: (program) => [...text(program), end],
  };
}

/** Prompts of a micro model. */
export function microFormat(tokenizer: Tokenizer): PromptFormat {
  const prompts = microPrompts(tokenizer);
  const end = tokenizer.id("<|endoftext|>");
  const added = new Set(tokenizer.added.values());
  return {
    hints: HINTS,
    solvePrompt: (task) => prompts.solve(task.problem),
    breakPrompt: (task, style) => prompts.break(task.problem, task.solution, styleWord(style)),
    fixPrompt: (task, bug) => prompts.fix(task.problem, bug.code, observeFirst(bug.verdict)),
    replyWith: prompts.answer,
    text: (tokens) => tokenizer.decode(tokens, { specials: true }),
    readReply: ({ tokens, finished }) => {
      if (!finished) return noReply(Rejection.TRUNCATED);
      const body = tokens.at(-1) === end ? tokens.slice(0, -1) : tokens;
      if (body.length === 0) return noReply(Rejection.NO_CODE);
      if (body.some((token) => added.has(token))) return noReply(Rejection.MANY_BLOCKS);
      return { ok: true, code: tokenizer.decode(body) };
    },
  };
}

function styleWord(style: BreakStyle): string {
  if (style.kind === "plain") return "";
  return style.kind === "hints" ? style.hints[0]! : style.kind;
}
