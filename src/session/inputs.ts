/**
 * What a training job reads, by its content.
 *
 * @module
 */
import { fileHash, modelHash } from "../bench/mod.ts";
import { ConfigError } from "../base/mod.ts";
import type { TrainConfig } from "../config/mod.ts";

/** SHA-256 of each input, by name. */
export type InputHashes = Readonly<Record<"model" | "programs" | "anchors" | "bench", string>>;

/**
 * Hashes the model directory and the files of tasks and bugs.
 *
 * @throws {ConfigError} If a file cannot be read.
 * @throws {CheckpointError} If the model directory cannot be read.
 */
export async function hashInputs(
  { model, programs, anchors, bench }: Pick<
    TrainConfig,
    "model" | "programs" | "anchors" | "bench"
  >,
): Promise<InputHashes> {
  return {
    model: await modelHash(model.path),
    programs: await hashFile(programs),
    anchors: await hashFile(anchors),
    bench: await hashFile(bench),
  };
}

async function hashFile(path: string): Promise<string> {
  try {
    return await fileHash(path);
  } catch (cause) {
    throw new ConfigError(`Cannot read ${path}: expected a file`, { cause });
  }
}
