/**
 * Prompts of instruction-tuned models, through their own chat template.
 *
 * @module
 */
import { observe, Rejection, type Task } from "../tasks/mod.ts";
import { type ChatTemplate, encodeChat, type Tokenizer } from "../text/mod.ts";
import { type AskFormat, type BreakStyle, noReply, type PromptFormat } from "./format.ts";

/** Kinds of mistakes that can be asked for. */
const HINTS = [
  "a wrong loop bound",
  "an off-by-one index",
  "a wrong comparison operator",
  "a missing edge case",
  "a wrong variable",
  "a wrong initial value",
  "a condition that is too strict or too loose",
  "a wrong order of operations",
  "a misused library function",
  "a wrong return value",
  "state that is not reset",
  "a wrong data type or conversion",
];

const LANGUAGE_NAMES = { js: "JavaScript", ts: "TypeScript", py: "Python" } as const;

const FENCE = /```[^\n`]*\n([\s\S]*?)```/g;

/** What a chat model is and how it is spoken to. */
export interface ChatModel {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  /** Token that ends the assistant's turn, for example `<|im_end|>`. */
  readonly endToken: string;
}

/** Prompts of a chat model. */
export function chatFormat(model: ChatModel): PromptFormat {
  const { tokenizer, template, endToken } = model;
  const ask = (content: string): number[] =>
    encodeChat(tokenizer, template, [{ role: "user", content }]);
  return {
    hints: HINTS,
    solvePrompt: (task) => ask(solveText(task)),
    breakPrompt: (task, style) => ask(breakText(task, style)),
    fixPrompt: (task, bug) => ask(fixText(task, bug.code, observe(bug.verdict))),
    replyWith: (code) => [...tokenizer.encode(`\`\`\`\n${code}\n\`\`\``), tokenizer.id(endToken)],
    text: (tokens) => tokenizer.decode(tokens, { specials: true }),
    readReply: ({ tokens, finished }) =>
      finished ? readFence(tokenizer.decode(tokens)) : noReply(Rejection.TRUNCATED),
  };
}

/**
 * The same questions in words, for a model behind a server that has its own tokenizer and template.
 *
 * What a model thinks aloud, up to a last `</think>`, is no part of its answer.
 */
export function textFormat(): AskFormat<
  string,
  { readonly text: string; readonly finished: boolean }
> {
  return {
    solvePrompt: solveText,
    fixPrompt: (task, bug) => fixText(task, bug.code, observe(bug.verdict)),
    readReply: ({ text, finished }) =>
      finished ? readFence(text.split("</think>").at(-1)!) : noReply(Rejection.TRUNCATED),
  };
}

/** The code of a text with exactly one fenced block. */
export function readFence(text: string): ReturnType<PromptFormat["readReply"]> {
  const blocks = [...text.matchAll(FENCE)].map((match) => match[1]!);
  if (blocks.length > 1) return noReply(Rejection.MANY_BLOCKS);
  return blocks.length === 0 ? noReply(Rejection.NO_CODE) : { ok: true, code: blocks[0]! };
}

function solveText(task: Task): string {
  return [
    `Write a ${LANGUAGE_NAMES[task.language]} program that solves the problem below.`,
    `Its entry is \`${task.entry}\`. Reply with the whole program in one code block.`,
    `\n\n## Problem\n${task.problem}`,
  ].join(" ");
}

function breakText(task: Task, style: BreakStyle): string {
  return [
    `Below are a programming problem and a correct ${LANGUAGE_NAMES[task.language]} solution.`,
    `Write a version with a realistic mistake: it must run, and it must fail at least one hidden test.`,
    `${
      requestOf(style)
    } Keep the name and the parameters of \`${task.entry}\`, change few lines, and`,
    `leave no comment about the mistake. Reply with the whole program in one code block.`,
    `\n\n## Problem\n${task.problem}\n\n## Solution\n${fenced(task, task.solution)}`,
  ].join(" ");
}

function requestOf(style: BreakStyle): string {
  switch (style.kind) {
    case "plain":
      return "Make the kind of mistake that people make.";
    case "hints":
      return `Make one of these mistakes: ${style.hints.join("; ")}.`;
    case "remove":
      return "Leave out a piece of the program that matters, such as a check, a case or an update.";
    case "rewrite":
      return "Write it anew from the problem's text, as someone who misreads one sentence of it.";
  }
}

function fixText(task: Task, code: string, observation: string): string {
  return [
    `The ${LANGUAGE_NAMES[task.language]} program below should solve the problem, but tests fail.`,
    `Repair it. Keep the name and the parameters of \`${task.entry}\`.`,
    `Reply with the whole corrected program in one code block.`,
    `\n\n## Problem\n${task.problem}\n\n## Program\n${fenced(task, code)}`,
    `\n\n## Failing tests\n\`\`\`\n${observation}\n\`\`\``,
  ].join(" ");
}

function fenced(task: Task, code: string): string {
  return `\`\`\`${task.language}\n${code}\n\`\`\``;
}
