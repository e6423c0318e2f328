/**
 * Samples a completion of a prompt from a model.
 *
 *   deno task generate --model.path fixtures/micro --temperature 0 --prompt "function f(xs) {"
 *
 * @module
 */
import { ConfigError } from "../src/base/mod.ts";
import { GenerateConfig, readConfig } from "../src/config/mod.ts";
import { type Checkpoint, endTokens, loadModel, readCheckpoint } from "../src/model/mod.ts";
import { openConfiguredGpu, tuneGpu } from "../src/session/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { Sampler } from "../src/sample/mod.ts";
import { compileChatTemplate, encodeChat, readTokenizer, type Tokenizer } from "../src/text/mod.ts";

/** Encodes the prompt, samples, prints what came. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(GenerateConfig, args);
  const checkpoint = await readCheckpoint(config.model.path);
  const tokenizer = await readTokenizer(`${config.model.path}/tokenizer.json`);
  const prompt = encodePrompt(await readPrompt(config), { config, checkpoint, tokenizer });
  const { maxTokens, seed } = config;
  const positions = prompt.length + maxTokens;
  if (prompt.length === 0 || positions > checkpoint.config.maxPositions) {
    throw new ConfigError(
      `Cannot generate: expected a prompt and a completion of together at most ` +
        `${checkpoint.config.maxPositions} tokens, found ${prompt.length} and ${maxTokens}`,
    );
  }
  using gpu = await openConfiguredGpu(config.gpu);
  await tuneGpu(gpu, config.gpu, checkpoint.config, { inference: [1, prompt.length] });
  using model = await loadModel(gpu, checkpoint, positions);
  const stop = endTokens(checkpoint);
  using sampler = new Sampler(model, { lanes: 1, promptRows: prompt.length, maxTokens, stop });
  const [[completion] = []] = await sampler.sample([{ prompt, count: 1, seed }], config);
  const { tokens, logprobs } = completion!;
  const text = tokenizer.decode(tokens);
  writeResult({ value: { tokens, text, logprobs: Array.from(logprobs) }, text }, json);
}

async function readPrompt({ prompt, file }: GenerateConfig): Promise<string> {
  if ((prompt === "") === (file === "")) {
    throw new ConfigError("Cannot generate: expected either --prompt or --file");
  }
  if (prompt !== "") return prompt;
  return await Deno.readTextFile(file).catch((cause) => {
    throw new ConfigError(`Cannot read file "${file}": expected a text file`, { cause });
  });
}

/** Token ids of a text to go on from, or of a question in the form of the model's chat template. */
function encodePrompt(
  text: string,
  { config, checkpoint, tokenizer }: {
    config: GenerateConfig;
    checkpoint: Checkpoint;
    tokenizer: Tokenizer;
  },
): number[] {
  if (!config.chat) return tokenizer.encode(text, config);
  const path = `${checkpoint.dir}/tokenizer_config.json`;
  const settings = JSON.parse(checkpoint.files.get("tokenizer_config.json") ?? "{}");
  const template = compileChatTemplate(settings, path, checkpoint.files.get("chat_template.jinja"));
  if (!template) throw new ConfigError(`Cannot generate: expected a chat template in ${path}`);
  return encodeChat(tokenizer, template, [{ role: "user", content: text }]);
}

if (import.meta.main) await runMain(main);
