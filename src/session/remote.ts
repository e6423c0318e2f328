/**
 * A model behind a server as the rest of the house asks models: in words, with the replies in order.
 *
 * @module
 */
import type { Fixer } from "../bench/mod.ts";
import { sha256Hex } from "../base/mod.ts";
import type { AskedModelSection } from "../config/mod.ts";
import { textFormat } from "../prompts/mod.ts";
import { completionsUrl, readKey, RemoteModel, type TextCompletion } from "../remote/mod.ts";

/** A model behind a server. */
export interface RemoteFixer extends Fixer<string, TextCompletion> {
  /** What it is called in reports: the model and its server. */
  readonly name: string;
  /** What stands for the model in keys of results. */
  readonly hash: string;
  /** Questions whose results are saved together. */
  readonly chunk: number;
}

/** Longest reply where none is set: programs of the micro corpus here, anything behind a server. */
const LONGEST = { local: 160, remote: 2048 } as const;
/** Rounds of questions under way between two savings. */
const ROUNDS = 4;

/** Longest reply, tokens. */
export function longestReply(
  { model, maxTokens }: { readonly model: AskedModelSection; readonly maxTokens: number },
): number {
  return maxTokens || (model.url === "" ? LONGEST.local : LONGEST.remote);
}

/**
 * Opens a model behind a server; nothing is asked yet.
 *
 * @throws {ConfigError} If address or key cannot be used.
 */
export async function openRemote(model: AskedModelSection): Promise<RemoteFixer> {
  const url = completionsUrl(model.url);
  const remote = new RemoteModel({ ...model, url, key: await readKey(model) });
  return {
    name: `${model.name} at ${model.url}`,
    hash: sha256Hex(`${url}\n${model.name}\n`),
    chunk: ROUNDS * model.concurrency,
    format: textFormat(),
    sample: (requests, options) => remote.sample(requests, options),
  };
}
