import { rngStream } from "../../src/base/mod.ts";
import type { PromptFormat } from "../../src/prompts/mod.ts";
import type { Completion, Sampler } from "../../src/selfplay/mod.ts";
import { mutate, type Task } from "../../src/tasks/mod.ts";
import { type Tokenizer, trainTokenizer } from "../../src/text/mod.ts";

/** A small tokenizer with the control tokens of micro models. */
export function microTokenizer(texts: readonly string[]): Tokenizer {
  return trainTokenizer(texts, {
    vocabSize: 320,
    specials: [
      "<|endoftext|>",
      "<|im_start|>",
      "<|im_end|>",
      "<|solve|>",
      "<|fix|>",
      "<|break|>",
      "<|code|>",
      "<|test|>",
      "<|answer|>",
    ],
  });
}

/** How a scripted policy plays. */
export interface Script {
  /** Chance that a repair is the solution; otherwise it is the bug itself. */
  readonly skill: number;
  /** Chance that the generator's reply is the solution itself, which is no bug. */
  readonly idle: number;
}

/** A policy that breaks programs by mutation and repairs them by looking up the solution, as often as it is told. */
export class ScriptedPolicy implements Sampler {
  readonly #tokenizer: Tokenizer;
  readonly #format: PromptFormat;
  readonly #tasks: readonly Task[];
  readonly #script: Script;
  /** Prompts that were sampled, by their first control token. */
  readonly asked: Record<string, number> = {};

  constructor(tokenizer: Tokenizer, format: PromptFormat, tasks: readonly Task[], script: Script) {
    this.#tokenizer = tokenizer;
    this.#format = format;
    this.#tasks = tasks;
    this.#script = script;
  }

  sample(
    requests: readonly { prompt: readonly number[]; count: number; seed: number }[],
  ): Promise<Completion[][]> {
    return Promise.resolve(requests.map(({ prompt, count, seed }) => {
      const text = this.#tokenizer.decode(prompt, { specials: true });
      const kind = /^<\|(\w+)\|>/.exec(text)![1]!;
      this.asked[kind] = (this.asked[kind] ?? 0) + 1;
      return Array.from({ length: count }, (_, i) => this.#reply(kind, text, seed, i));
    }));
  }

  #reply(kind: string, prompt: string, seed: number, index: number): Completion {
    const rng = rngStream(seed, index);
    const task = this.#tasks.find(({ problem }) => prompt.includes(`${problem}\n<|code|>`))!;
    const given = /<\|code\|>([\s\S]*?)<\|(?:test|answer)\|>/.exec(prompt)![1]!;
    const code = kind === "fix"
      ? rng.next() < this.#script.skill ? task.solution : given
      : rng.next() < this.#script.idle
      ? given
      : mutate(given, rng)?.code ?? given;
    const tokens = this.#format.replyWith(code);
    return { tokens, logprobs: new Float32Array(tokens.length).fill(-0.1), finished: true };
  }
}
