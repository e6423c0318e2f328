/**
 * Learns a byte-level BPE tokenizer from program texts.
 *
 * Writes `tokenizer.json` and `tokenizer_config.json`, as `transformers` reads them.
 *
 *   deno task train-tokenizer --input programs.jsonl --vocab-size 1024 --out model
 *
 * @module
 */
import { ConfigError } from "../src/base/mod.ts";
import { readConfig, TrainTokenizerConfig } from "../src/config/mod.ts";
import { runMain, writeFile, writeResult } from "../src/run/mod.ts";
import { tokenizerConfig, trainTokenizer } from "../src/text/mod.ts";

/** Reads the texts, learns the merges, writes the files. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, json } = await readConfig(TrainTokenizerConfig, args);
  const texts = (await Promise.all(config.input.map((file) => readTexts(file, config)))).flat();
  const tokenizer = trainTokenizer(texts, config);
  await writeFile(`${config.out}/tokenizer.json`, JSON.stringify(tokenizer.toJson()));
  const sidecar = JSON.stringify(tokenizerConfig(config.specials[0]), null, 2);
  await writeFile(`${config.out}/tokenizer_config.json`, `${sidecar}\n`);

  const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
  const tokens = texts.reduce((sum, text) => sum + tokenizer.encode(text).length, 0);
  const { vocabSize } = tokenizer;
  const value = { out: config.out, vocabSize, texts: texts.length, bytes, tokens };
  const rate = (bytes / tokens).toFixed(2);
  const text =
    `${config.out}: ${vocabSize} tokens learned from ${texts.length} texts of ${bytes} ` +
    `bytes, ${rate} bytes a token`;
  writeResult({ value, text }, json);
}

/** The texts of a file: one a line for JSON lines, else the file itself. */
async function readTexts(file: string, config: TrainTokenizerConfig): Promise<string[]> {
  let content: string;
  try {
    content = await Deno.readTextFile(file);
  } catch (cause) {
    throw new ConfigError(`Cannot read input "${file}": expected a text file`, { cause });
  }
  if (!file.endsWith(".jsonl")) return [content];
  return content.split("\n").flatMap((line, i) => {
    return line.trim() === "" ? [] : [lineText(line, config.fields, `${file}:${i + 1}`)];
  });
}

/** The text of a JSON line: the fields it has, joined by newlines. */
function lineText(line: string, fields: readonly string[], place: string): string {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line);
  } catch (cause) {
    throw new ConfigError(`Cannot read ${place}: expected a JSON object`, { cause });
  }
  const parts = fields.map((field) => record?.[field]).filter((part) => typeof part === "string");
  if (parts.length === 0) {
    throw new ConfigError(
      `Cannot read ${place}: expected a field ${fields.join(", ")}, found none`,
    );
  }
  return parts.join("\n");
}

if (import.meta.main) await runMain(main);
