/**
 * Files that survive a kill: written under a temporary name and renamed, or grown by whole lines and cut back.
 *
 * @module
 */

/** Sizes in bytes of a run's growing files, by path inside the run directory. */
export type Sizes = Readonly<Record<string, number>>;

/** Ending of names that nothing may rely on; leftovers are removed when a run is opened. */
export const TEMPORARY = ".tmp";

/**
 * Writes a file so that its name only ever holds all of it.
 *
 * @param path File to write; folders above it are made.
 * @param data Text (as UTF-8) or bytes.
 */
export async function writeFile(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = path + TEMPORARY;
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  {
    using file = await createFile(temporary, { write: true, create: true, truncate: true });
    await writeBytes(file, bytes);
    await file.syncData();
  }
  await Deno.rename(temporary, path);
}

/** Opens a file, making the folders above it only if there are none: that may not be permitted. */
async function createFile(path: string, options: Deno.OpenOptions): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    return await Deno.open(path, options);
  }
}

/** A file of JSON lines that only grows. */
export class JsonLines implements Disposable {
  readonly #file: Deno.FsFile;
  #sizeBytes: number;

  private constructor(file: Deno.FsFile, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  /** Opens a file to append to; it is made if there is none. */
  static async open(path: string): Promise<JsonLines> {
    const file = await createFile(path, { append: true, create: true });
    return new JsonLines(file, (await file.stat()).size);
  }

  /** Opens an empty file; one that is there is emptied. */
  static async create(path: string): Promise<JsonLines> {
    return new JsonLines(await createFile(path, { write: true, create: true, truncate: true }), 0);
  }

  /** Bytes of all lines so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Appends values, one line each; numbers that JSON lacks become `null`. */
  async append(...values: readonly object[]): Promise<void> {
    const bytes = new TextEncoder().encode(values.map((v) => `${JSON.stringify(v)}\n`).join(""));
    this.#sizeBytes += bytes.length;
    await writeBytes(this.#file, bytes);
  }

  /** Waits until the lines would survive a power cut. */
  async sync(): Promise<void> {
    await this.#file.syncData();
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * A file of JSON lines that has its name only once it is whole. Until then its lines stand under the temporary name, and
 * stay there if the job is ended; the next one begins anew.
 */
export class PendingJsonLines implements Disposable {
  readonly #path: string;
  readonly #lines: JsonLines;
  #finished = false;

  private constructor(path: string, lines: JsonLines) {
    this.#path = path;
    this.#lines = lines;
  }

  /** Begins a file; one that has the name already is replaced when this one is finished. */
  static async create(path: string): Promise<PendingJsonLines> {
    return new PendingJsonLines(path, await JsonLines.create(path + TEMPORARY));
  }

  /** Appends values, one line each, without delay. */
  async append(...values: readonly object[]): Promise<void> {
    await this.#lines.append(...values);
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    await this.#lines.sync();
    await Deno.rename(this.#path + TEMPORARY, this.#path);
    this.#finished = true;
  }

  /** Closes the file; one that is not finished and holds nothing is removed. */
  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
    if (!this.#finished && this.#lines.sizeBytes === 0) Deno.removeSync(this.#path + TEMPORARY);
  }
}

/** Cuts files back to earlier sizes and removes those that did not exist then. */
export async function restoreSizes(
  dir: string,
  files: readonly string[],
  sizes: Sizes,
): Promise<void> {
  for (const file of files) {
    const size = sizes[file];
    if (size === undefined) await Deno.remove(`${dir}/${file}`);
    else await Deno.truncate(`${dir}/${file}`, size);
  }
}

/** Names in a folder, sorted; none if there is no such folder. */
export async function listNames(dir: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(dir)) names.push(entry.name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/** Reads a JSON file; undefined if there is none. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function writeBytes(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
