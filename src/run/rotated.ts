/**
 * JSON lines over several files, each closed when it is large enough.
 *
 * @module
 */
import { JsonLines, listNames, type Sizes } from "./files.ts";

/** A folder of files `00000.jsonl`, `00001.jsonl`, …; lines go to the last one. */
export class RotatedLines implements Disposable {
  readonly #folder: string;
  readonly #limitBytes: number;
  readonly #closed: Record<string, number>;
  #index: number;
  #file: JsonLines;

  private constructor(
    folder: string,
    parts: { limitBytes: number; closed: Record<string, number>; index: number; file: JsonLines },
  ) {
    this.#folder = folder;
    this.#limitBytes = parts.limitBytes;
    this.#closed = parts.closed;
    this.#index = parts.index;
    this.#file = parts.file;
  }

  /**
   * Opens a folder to append to its last file.
   *
   * @param folder The folder; it exists.
   * @param limitBytes Size at which a file is followed by the next.
   */
  static async open(folder: string, limitBytes: number): Promise<RotatedLines> {
    const names = (await listNames(folder)).filter((name) => /^\d+\.jsonl$/.test(name));
    const index = Math.max(0, names.length - 1);
    const closed: Record<string, number> = {};
    for (const name of names.slice(0, -1)) {
      closed[name] = (await Deno.stat(`${folder}/${name}`)).size;
    }
    const file = await JsonLines.open(`${folder}/${fileName(index)}`);
    return new RotatedLines(folder, { limitBytes, closed, index, file });
  }

  /** Appends values, one line each; lines given together stay in one file. */
  async append(...values: readonly object[]): Promise<void> {
    if (this.#file.sizeBytes >= this.#limitBytes) await this.#rotate();
    await this.#file.append(...values);
  }

  /** Waits until the lines would survive a power cut. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Sizes in bytes of all files, their names after a prefix. */
  sizes(prefix: string): Sizes {
    const all = { ...this.#closed, [fileName(this.#index)]: this.#file.sizeBytes };
    return Object.fromEntries(Object.entries(all).map(([name, size]) => [prefix + name, size]));
  }

  /** Closes the last file. */
  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  async #rotate(): Promise<void> {
    await this.#file.sync();
    this.#closed[fileName(this.#index)] = this.#file.sizeBytes;
    this.#file[Symbol.dispose]();
    this.#index++;
    this.#file = await JsonLines.open(`${this.#folder}/${fileName(this.#index)}`);
  }
}

function fileName(index: number): string {
  return `${String(index).padStart(5, "0")}.jsonl`;
}
