/**
 * A checkpoint: a Hugging Face model directory, read and written a tensor at a time.
 *
 * @module
 */
import { CheckpointError } from "../base/mod.ts";
import { writeFile } from "../run/mod.ts";
import { type ConfigJson, type ModelConfig, modelConfigJson, parseModelConfig } from "./config.ts";
import { parameterTable, sizeOf } from "./parameters.ts";
import { safetensorsChunks, type TensorShape } from "./safetensors.ts";
import { DTYPE_BYTES, type StoredDType } from "./stored_dtype.ts";
import { INDEX_FILE, readJsonFile, SINGLE_FILE, TensorStore } from "./tensor_store.ts";

/** A parameter tensor with its values. */
export interface NamedTensor extends TensorShape {
  /** Row-major, `sizeOf(shape)` of them. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** A checkpoint on disk. */
export interface Checkpoint {
  /** Its directory. */
  readonly dir: string;
  /** Shape of the model. */
  readonly config: ModelConfig;
  /** `config.json` as it was, unknown keys included. */
  readonly configJson: ConfigJson;
  /** Text of the files that travel with the weights (tokenizer, generation defaults), by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Reads the parameters in the order of the parameter table, one at a time, as f32. */
  tensors(): AsyncIterable<NamedTensor>;
}

/** Files that are carried from a checkpoint to the next as they are. */
const SIDE_FILES = [
  "tokenizer.json",
  "tokenizer_config.json",
  "generation_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "chat_template.jinja",
];

/**
 * Reads a checkpoint's description and checks that every parameter is there in its shape.
 *
 * @throws {CheckpointError} If a file, a field or a tensor is missing, damaged, of another shape, or not understood.
 */
export async function readCheckpoint(dir: string): Promise<Checkpoint> {
  const configPath = `${dir}/config.json`;
  const configJson = await readJsonFile(configPath);
  if (configJson === undefined) {
    throw new CheckpointError(`Cannot read ${configPath}: no such file`);
  }
  const config = parseModelConfig(configJson, configPath);
  using store = await TensorStore.open(dir);
  checkTensors(dir, config, store);
  return {
    dir,
    config,
    configJson: configJson as ConfigJson,
    files: await readSideFiles(dir),
    tensors: () => readTensors(dir, config),
  };
}

async function readSideFiles(dir: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of SIDE_FILES) {
    try {
      files.set(name, await Deno.readTextFile(`${dir}/${name}`));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return files;
}

async function* readTensors(dir: string, config: ModelConfig): AsyncGenerator<NamedTensor> {
  using store = await TensorStore.open(dir);
  for (const { name, shape } of parameterTable(config)) {
    yield { name, shape, values: await store.read(storedName(store, name)) };
  }
}

/** A model saved without its head carries no `model.` prefix. */
function storedName(store: TensorStore, name: string): string {
  return store.find(name) ? name : name.replace(/^model\./, "");
}

function checkTensors(dir: string, config: ModelConfig, store: TensorStore): void {
  const unused = new Set(store.names);
  for (const { name, shape } of parameterTable(config)) {
    const found = store.find(storedName(store, name));
    if (!found) throw new CheckpointError(`Cannot read ${dir}: tensor ${name} is missing`);
    if (found.shape.join() !== shape.join()) {
      throw new CheckpointError(
        `Cannot read ${dir}: tensor ${name}: expected shape [${shape}], found [${found.shape}]`,
      );
    }
    unused.delete(found.name);
  }
  for (const name of unused) {
    // The head of tied embeddings is the embedding; frequencies are computed.
    if (name === "lm_head.weight" || name.endsWith("rotary_emb.inv_freq")) continue;
    throw new CheckpointError(
      `Cannot read ${dir}: tensor ${name}: expected no such tensor in a ${config.architecture} model`,
    );
  }
}

/** What {@linkcode writeCheckpoint} writes. */
export interface CheckpointContents {
  /** Shape of the model. */
  readonly config: ModelConfig;
  /** The `config.json` the model came with, for its other keys. */
  readonly configJson?: ConfigJson;
  /** Text of the files that travel with the weights, by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Values of a parameter by its checkpoint name; called once for each, when its turn comes. */
  readonly read: (name: string) => Float32Array | Promise<Float32Array>;
}

/** How a checkpoint is stored. */
export interface StoreOptions {
  /** Format of the values. Default F32. */
  readonly dtype?: StoredDType;
  /** Size from which the tensors are spread over several files, bytes. Default 5 GB, as `transformers` does. */
  readonly maxShardBytes?: number;
}

/**
 * Writes a model directory.
 *
 * Every file is written in full under a temporary name and then renamed, `config.json` last, so that a directory that
 * has one is complete. Tensor files of an earlier checkpoint in the same directory are removed.
 *
 * @throws {RangeError} If a tensor does not fill its shape or is beyond the format's range.
 */
export async function writeCheckpoint(
  dir: string,
  contents: CheckpointContents,
  { dtype = "F32", maxShardBytes = 5e9 }: StoreOptions = {},
): Promise<void> {
  const { config, configJson = {}, files, read } = contents;
  await Deno.mkdir(dir, { recursive: true });
  const shards = shardTensors(parameterTable(config), DTYPE_BYTES[dtype], maxShardBytes);
  for (const [name, tensors] of shards) {
    await writeTensorFile(`${dir}/${name}.tmp`, tensors, { dtype, read });
  }
  for (const name of shards.keys()) await Deno.rename(`${dir}/${name}.tmp`, `${dir}/${name}`);
  await writeIndex(dir, shards, DTYPE_BYTES[dtype]);
  for (const [name, text] of files) await writeFile(`${dir}/${name}`, text);
  const json = { ...modelConfigJson(config, configJson), ...dtypeField(configJson, dtype) };
  await writeFile(`${dir}/config.json`, `${JSON.stringify(json, null, 2)}\n`);
}

const TORCH_NAMES: Readonly<Record<StoredDType, string>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
};

function dtypeField(base: ConfigJson, dtype: StoredDType): ConfigJson {
  return { ["dtype" in base ? "dtype" : "torch_dtype"]: TORCH_NAMES[dtype] };
}

/** Tensors by file, in order; one file unless they are more than `maxBytes`. */
function shardTensors(
  table: readonly TensorShape[],
  valueBytes: number,
  maxBytes: number,
): Map<string, TensorShape[]> {
  const groups: TensorShape[][] = [[]];
  let filled = 0;
  for (const tensor of table) {
    const bytes = sizeOf(tensor.shape) * valueBytes;
    if (filled > 0 && filled + bytes > maxBytes) {
      groups.push([]);
      filled = 0;
    }
    groups.at(-1)!.push(tensor);
    filled += bytes;
  }
  if (groups.length === 1) return new Map([[SINGLE_FILE, groups[0]!]]);
  const number = (n: number) => String(n).padStart(5, "0");
  return new Map(groups.map((group, i) => {
    return [`model-${number(i + 1)}-of-${number(groups.length)}.safetensors`, group];
  }));
}

/** Writes the index of several files, and removes tensor files that are no longer part of the model. */
async function writeIndex(
  dir: string,
  shards: ReadonlyMap<string, readonly TensorShape[]>,
  valueBytes: number,
): Promise<void> {
  const tensors = [...shards].flatMap(([file, group]) =>
    group.map((tensor) => ({ ...tensor, file }))
  );
  const size = tensors.reduce((sum, { shape }) => sum + sizeOf(shape) * valueBytes, 0);
  const index = {
    metadata: { ["total_size"]: size },
    ["weight_map"]: Object.fromEntries(tensors.map(({ name, file }) => [name, file])),
  };
  if (shards.size > 1) await writeFile(`${dir}/${INDEX_FILE}`, JSON.stringify(index, null, 2));
  for await (const { name } of Deno.readDir(dir)) {
    const isTensors = /^model(-\d+-of-\d+)?\.safetensors$/.test(name) && !shards.has(name);
    const isIndex = name === INDEX_FILE && shards.size === 1;
    if (isTensors || isIndex) await Deno.remove(`${dir}/${name}`);
  }
}

/**
 * Writes a safetensors file.
 *
 * @param path File to write; the caller gives it a temporary name and renames it where that matters.
 * @throws {RangeError} If a tensor does not fill its shape or is beyond the format's range.
 */
export async function writeTensorFile(
  path: string,
  tensors: readonly TensorShape[],
  { dtype, read }: { readonly dtype: StoredDType; readonly read: CheckpointContents["read"] },
): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for await (const chunk of safetensorsChunks(tensors, dtype, read)) {
    for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
  }
  await file.syncData();
}
