/**
 * Embedders by the names that configuration uses.
 *
 * @module
 */
import { editNgrams, type Embedder, PolicyEmbedder } from "../embed/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import { endTokens, loadModel, readCheckpoint } from "../model/mod.ts";
import { readTokenizer } from "../text/mod.ts";

/** Most tokens that are embedded at once. */
const ROWS = 4096;

/** An embedder that may own a model. */
export interface OpenEmbedder extends Embedder, Disposable {}

/**
 * Opens an embedder.
 *
 * @param name `policy`: mean-pooled hidden states of the model in `policyDir`, as it was before training;
 *   `edit-ngrams`: hashed n-grams, no model; else the directory of an embedding model, whose last token stands for the
 *   text (Qwen3-Embedding, arXiv:2506.05176).
 * @throws {CheckpointError} If the directory is not a complete model.
 */
export async function openEmbedder(
  gpu: Gpu,
  { name, policyDir }: { name: string; policyDir: string },
): Promise<OpenEmbedder> {
  if (name === "edit-ngrams") return { ...editNgrams, [Symbol.dispose]: () => {} };
  const dir = name === "policy" ? policyDir : name;
  const checkpoint = await readCheckpoint(dir);
  const tokenizer = await readTokenizer(`${dir}/tokenizer.json`);
  const model = await loadModel(gpu, checkpoint, Math.min(ROWS, checkpoint.config.maxPositions));
  const end = name === "policy" ? [] : endTokens(checkpoint).slice(0, 1);
  const embedder = new PolicyEmbedder(model, {
    rows: ROWS,
    pooling: name === "policy" ? "mean" : "last",
    encode: (text) => [...tokenizer.encode(text), ...end],
  });
  return {
    embed: (texts) => embedder.embed(texts),
    [Symbol.dispose]: () => {
      embedder[Symbol.dispose]();
      model[Symbol.dispose]();
    },
  };
}
