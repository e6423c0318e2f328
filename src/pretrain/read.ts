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
 * Every second `break` prompt names the kind of mistake that its answer makes, the others leave the choice open.
 *
 * @throws {ConfigError} If the file cannot be read, a line does not fit, or nothing is left.
 */
export async function readExamples(
  path: string,
  prompts: MicroPrompts,
  maxTokens: number,
): Promise<EncodedExample[]> {
  const examples: EncodedExample[] = [];
  let breaks = 0;
  for await (const line of readJsonl(path, ExampleLine)) {
    const hinted = line.role === "break" && breaks++ % 2 === 0;
    const prompt = promptOf(prompts, line, hinted);
    const answer = prompts.answer(line.answer);
    if (prompt.length + answer.length > maxTokens) continue;
    examples.push({ role: line.role, level: line.level, prompt, answer });
  }
  if (examples.length === 0) {
    throw new ConfigError(`Cannot use ${path}: expected examples of at most ${maxTokens} tokens`);
  }
  return examples;
}

function promptOf(
  prompts: MicroPrompts,
  { role, problem, code, observation, answer }: z.output<typeof ExampleLine>,
  hinted: boolean,
): number[] {
  switch (role) {
    case "solve":
      return prompts.solve(problem);
    case "fix":
      return prompts.fix(problem, code, observation);
    case "break":
      return prompts.break(problem, code, hinted ? hintOf(classifyEdit(code, answer)) : "");
  }
}
