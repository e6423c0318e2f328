/**
 * The compact prompts of micro models: a marker token in place of every sentence.
 *
 *   <|break|>{problem}\n<|code|>{solution}<|answer|>                        -> {bug}<|endoftext|>
 *   <|fix|>{problem}\n<|code|>{bug}<|test|>{observation}<|answer|>          -> {repair}<|endoftext|>
 *
 * The observation is one line about the first failing test. A style other than `plain` is a word and a colon before the
 * problem.
 *
 * @module
 */
import { observeFirst, Rejection } from "../../tasks/mod.ts";
import type { Tokenizer } from "../../text/mod.ts";
import { type BreakStyle, noReply, type PromptFormat } from "./format.ts";

/** Words that stand for kinds of mistakes. */
const HINTS = ["bound", "sign", "name", "value", "order", "guard", "step", "return", "call"];

/** Prompts of a micro model. */
export function microFormat(tokenizer: Tokenizer): PromptFormat {
  const [end, answer] = [tokenizer.id("<|endoftext|>"), tokenizer.id("<|answer|>")];
  const [fix, breaks] = [tokenizer.id("<|fix|>"), tokenizer.id("<|break|>")];
  const [code, test] = [tokenizer.id("<|code|>"), tokenizer.id("<|test|>")];
  const text = (value: string): number[] => tokenizer.encode(value);
  const added = new Set(tokenizer.added.values());
  return {
    hints: HINTS,
    breakPrompt: (task, style) => {
      const problem = text(`${styleWord(style)}${task.problem}\n`);
      return [breaks, ...problem, code, ...text(task.solution), answer];
    },
    fixPrompt: (task, bug) => {
      const body = [...text(`${task.problem}\n`), code, ...text(bug.code)];
      return [fix, ...body, test, ...text(observeFirst(bug.verdict)), answer];
    },
    replyWith: (program) => [...text(program), end],
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
  return style.kind === "hints" ? `${style.hints[0]}: ` : `${style.kind}: `;
}
