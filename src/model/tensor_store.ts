/**
 * The tensors of a model directory, in one safetensors file or in several with an index.
 *
 * @module
 */
import { z } from "zod";
import { CheckpointError } from "../base/mod.ts";
import { SafetensorsFile, type StoredTensor } from "./safetensors.ts";

/** Name of a model's only tensor file. */
export const SINGLE_FILE = "model.safetensors";
/** Name of the list of a model's tensor files. */
export const INDEX_FILE = `${SINGLE_FILE}.index.json`;

const Index = z.looseObject({
  ["weight_map"]: z.record(z.string(), z.string().regex(/^[^/\\]+$/, "expected a file name")),
});

/** Open tensor files. */
export class TensorStore implements Disposable {
  readonly #path: string;
  readonly #files: readonly SafetensorsFile[];
  readonly #fileOf = new Map<string, SafetensorsFile>();

  private constructor(path: string, files: readonly SafetensorsFile[]) {
    this.#path = path;
    this.#files = files;
    for (const file of files) for (const name of file.tensors.keys()) this.#fileOf.set(name, file);
  }

  /**
   * Opens the tensor files of a model directory.
   *
   * @throws {CheckpointError} If there are none, one is damaged, or the index names a tensor that is in none.
   */
  static async open(dir: string): Promise<TensorStore> {
    const map = await readIndex(`${dir}/${INDEX_FILE}`);
    const names = map ? [...new Set(Object.values(map))].sort() : [SINGLE_FILE];
    const store = await TensorStore.openFiles(dir, names);
    const missing = Object.keys(map ?? {}).find((name) => !store.#fileOf.has(name));
    if (missing === undefined) return store;
    store[Symbol.dispose]();
    throw new CheckpointError(`Cannot read ${dir}/${map![missing]}: tensor ${missing} is missing`);
  }

  /**
   * Opens tensor files by name.
   *
   * @throws {CheckpointError} If one is missing or damaged.
   */
  static async openFiles(dir: string, names: readonly string[]): Promise<TensorStore> {
    const files: SafetensorsFile[] = [];
    try {
      for (const name of names) files.push(await SafetensorsFile.open(`${dir}/${name}`));
      return new TensorStore(dir, files);
    } catch (error) {
      for (const file of files) file[Symbol.dispose]();
      throw error;
    }
  }

  /** Names of all tensors. */
  get names(): string[] {
    return [...this.#fileOf.keys()];
  }

  /** Format, shape and place of a tensor; undefined if there is none of that name. */
  find(name: string): StoredTensor | undefined {
    return this.#fileOf.get(name)?.tensors.get(name);
  }

  /**
   * Reads one tensor as f32.
   *
   * @throws {CheckpointError} If there is none of that name or its file ends early.
   */
  read(name: string): Promise<Float32Array<ArrayBuffer>> {
    const file = this.#fileOf.get(name);
    if (!file) throw new CheckpointError(`Cannot read ${this.#path}: tensor ${name} is missing`);
    return file.read(name);
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    for (const file of this.#files) file[Symbol.dispose]();
  }
}

/** Which file holds which tensor; undefined if there is no index. */
async function readIndex(path: string): Promise<Readonly<Record<string, string>> | undefined> {
  const value = await readJsonFile(path);
  if (value === undefined) return undefined;
  const index = Index.safeParse(value);
  if (index.success) return index.data.weight_map;
  const issue = index.error.issues[0]!;
  throw new CheckpointError(`Cannot read ${path}: ${issue.path.join(".")}: ${issue.message}`);
}

/**
 * Reads a JSON file of a checkpoint; undefined if there is none.
 *
 * @throws {CheckpointError} If it is not JSON.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new CheckpointError(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
