/**
 * Reads the corpus command's examples as token ids.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../base/mod.ts";
import { hintOf, type MicroPrompts } from "../prompts/mod.ts";
import { classifyEdit, readJsonl } from "../tasks/mod.ts";
import type { EncodedExample } from "./examples.ts";

/** One line of an example file. */
const ExampleLine = z.object({
  role: z.enum(["solve", "fix", "break"]),
  level: z.int().min(1).max(3).default(1),
  problem: z.string(),
  code: z.string().default(""),
  observation: z.string().default(""),
  answer: z.string().min(1),
});

/**
 * Reads and encodes examples; those longer than `maxTokens` are left out.
 *
 * A `break` example stands there twice: once leaving the kind of mistake open, once naming the kind its answer makes.
 *
 * @throws {ConfigError} If the file cannot be read, a line does not fit, or no example is left.
 */
export async function readExamples(
  path: string,
  prompts: MicroPrompts,
  maxTokens: number,
): Promise<EncodedExample[]> {
  const examples: EncodedExample[] = [];
  for await (const line of readJsonl(path, ExampleLine)) {
    for (const example of encodeLine(prompts, line)) {
      if (example.prompt.length + example.answer.length <= maxTokens) examples.push(example);
    }
  }
  if (examples.length === 0) {
    throw new ConfigError(
      `Cannot use ${path}: expected examples of at most ${maxTokens} tokens, found none`,
    );
  }
  return examples;
}

function encodeLine(
  prompts: MicroPrompts,
  { role, level, problem, code, observation, answer: text }: z.output<typeof ExampleLine>,
): EncodedExample[] {
  const answer = prompts.answer(text);
  switch (role) {
    case "solve":
      return [{ role, level, prompt: prompts.solve(problem), answer }];
    case "fix":
      return [{ role, level, prompt: prompts.fix(problem, code, observation), answer }];
    case "break": {
      const shown = prompts.answer(code);
      const changeAt = answer.findIndex((token, i) => token !== shown[i]);
      return ["", hintOf(classifyEdit(code, text))].map((hint) => ({
        role,
        level,
        prompt: prompts.break(problem, code, hint),
        answer,
        changeAt,
      }));
    }
  }
}
