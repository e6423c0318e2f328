/**
 * What training needs beside the weights to go on: `trainer.safetensors` (moments, always F32) and `trainer.json`.
 *
 * @module
 */
import { CheckpointError, type Json } from "../base/mod.ts";
import { writeFile } from "../run/mod.ts";
import { type NamedTensor, writeTensorFile } from "./checkpoint.ts";
import { SafetensorsFile, type TensorShape } from "./safetensors.ts";
import { readJsonFile } from "./tensor_store.ts";

const TENSORS = "trainer.safetensors";
const STATE = "trainer.json";

/** Training state to be written. */
export interface TrainerState {
  /** Names and shapes of the tensors. */
  readonly tensors: readonly TensorShape[];
  /** Values of a tensor by its name; called once for each, when its turn comes. */
  readonly read: (name: string) => Float32Array | Promise<Float32Array>;
  /** Everything that is not a tensor. */
  readonly state: Json;
}

/** Training state on disk. */
export interface StoredTrainerState {
  /** Everything that is not a tensor. */
  readonly state: Json;
  /** Reads the tensors one at a time. */
  tensors(): AsyncIterable<NamedTensor>;
}

/** Writes the training state into a checkpoint's directory; `trainer.json` appears last. */
export async function writeTrainerState(
  dir: string,
  { tensors, read, state }: TrainerState,
): Promise<void> {
  await Deno.mkdir(dir, { recursive: true });
  await writeTensorFile(`${dir}/${TENSORS}.tmp`, tensors, { dtype: "F32", read });
  await Deno.rename(`${dir}/${TENSORS}.tmp`, `${dir}/${TENSORS}`);
  await writeFile(`${dir}/${STATE}`, JSON.stringify(state));
}

/**
 * Reads the training state of a checkpoint's directory.
 *
 * @returns Undefined if the checkpoint has none: it was made to be used, not to be trained on.
 * @throws {CheckpointError} If one of the two files is damaged or missing.
 */
export async function readTrainerState(dir: string): Promise<StoredTrainerState | undefined> {
  const state = await readJsonFile(`${dir}/${STATE}`);
  if (state === undefined) return undefined;
  using file = await SafetensorsFile.open(`${dir}/${TENSORS}`);
  const wrong = [...file.tensors.values()].find((tensor) => tensor.dtype !== "F32");
  if (wrong) {
    throw new CheckpointError(
      `Cannot read ${dir}/${TENSORS}: ${wrong.name}: expected F32, found ${wrong.dtype}`,
    );
  }
  return { state: state as Json, tensors: () => readTensors(`${dir}/${TENSORS}`) };
}

async function* readTensors(path: string): AsyncGenerator<NamedTensor> {
  using file = await SafetensorsFile.open(path);
  for (const { name, shape } of file.tensors.values()) {
    yield { name, shape, values: await file.read(name) };
  }
}
