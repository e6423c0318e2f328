/**
 * Prints token ids and log-probabilities of a text under a model.
 *
 *   deno task score --model.path fixtures/micro --text "function f(xs) {"
 *
 * @module
 */
import { ConfigError } from "../src/base/mod.ts";
import { readConfig, ScoreConfig } from "../src/config/mod.ts";
import { loadModel, readCheckpoint, scoreTokens } from "../src/model/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import { openConfiguredGpu, tuneGpu } from "../src/session/mod.ts";
import { readTokenizer, type Tokenizer } from "../src/text/mod.ts";

/** Encodes the text, runs the model once, prints what it thinks of every token. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(ScoreConfig, args);
  const checkpoint = await readCheckpoint(config.model.path);
  const tokenizer = await readTokenizer(`${config.model.path}/tokenizer.json`);
  const tokens = tokenizer.encode(await readText(config), { specials: config.specials });
  const { maxPositions } = checkpoint.config;
  if (tokens.length < 2 || tokens.length > maxPositions) {
    throw new ConfigError(
      `Cannot score the text: expected 2 to ${maxPositions} tokens, found ${tokens.length}`,
    );
  }
  using gpu = await openConfiguredGpu(config.gpu);
  await tuneGpu(gpu, config.gpu, checkpoint.config, { inference: [tokens.length] });
  using model = await loadModel(gpu, checkpoint, tokens.length);
  const logprobs = Array.from(await scoreTokens(model, tokens));
  const mean = logprobs.reduce((sum, value) => sum + value, 0) / logprobs.length;
  const value = { tokens, logprobs, perplexity: Math.exp(-mean) };
  writeResult({ value, text: table(value, tokenizer) }, json);
}

async function readText({ text, file }: ScoreConfig): Promise<string> {
  if ((text === "") === (file === "")) {
    throw new ConfigError("Cannot score: expected either --text or --file");
  }
  if (text !== "") return text;
  return await Deno.readTextFile(file).catch((cause) => {
    throw new ConfigError(`Cannot read file "${file}": expected a text file`, { cause });
  });
}

/** A line a token, and the perplexity. */
function table(
  { tokens, logprobs, perplexity }: { tokens: number[]; logprobs: number[]; perplexity: number },
  tokenizer: Tokenizer,
): string {
  const lines = tokens.map((token, i) => {
    const logprob = i === 0 ? "" : logprobs[i - 1]!.toFixed(4);
    const text = JSON.stringify(tokenizer.decode([token], { specials: true }));
    return `${String(token).padStart(7)} ${logprob.padStart(9)}  ${text}`;
  });
  return `${lines.join("\n")}\nperplexity ${perplexity.toFixed(3)}`;
}

if (import.meta.main) await runMain(main);
