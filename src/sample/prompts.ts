/**
 * Prompts on their way into the cache.
 *
 * @module
 */
import type { Gpu, Tensor } from "../gpu/mod.ts";
import type { Rows } from "../model/mod.ts";
import type { Admission, SampleRequest } from "./schedule.ts";

/** Prompt tokens, which see those of their own prompt in the cache, and where their keys and values go. */
export interface PromptRows extends Rows {
  /** Cache slot of each token, u32 `[rows]`. */
  readonly slots: Tensor;
}

/** Neighbouring tokens of a prompt that see the keys before them alike, so that a kernel may visit these once for all. */
const TOGETHER = 4;
/** Slot of a row that is nobody's: nothing is stored. */
const NONE = 0xffffffff;

/** Buffers for the prompts that are read in one pass. */
export class PromptBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #rows: number;
  readonly #whole: PromptRows;

  /** Allocates for up to `rows` tokens. */
  constructor(gpu: Gpu, rows: number) {
    this.#gpu = gpu;
    this.#rows = rows;
    const make = (name: string, ...shape: number[]) => gpu.tensor(`prompt.${name}`, shape, "u32");
    this.#whole = {
      tokens: make("tokens", rows),
      positions: make("positions", rows),
      spans: make("spans", rows, 4),
      slots: make("slots", rows),
    };
  }

  /** Uploads prompts, each without its last token; nothing where no token is left. */
  load(
    requests: readonly SampleRequest[],
    prompts: Admission["prompts"],
  ): PromptRows | undefined {
    const host = packPrompts(requests, prompts, this.#rows);
    const count = host.tokens.length;
    if (count === 0) return undefined;
    const put = (name: keyof PromptRows, ...shape: number[]): Tensor => {
      this.#gpu.upload(this.#whole[name], host[name]);
      return this.#gpu.view(this.#whole[name], { shape });
    };
    return {
      tokens: put("tokens", count),
      positions: put("positions", count),
      spans: put("spans", count, 4),
      slots: put("slots", count),
    };
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    this.#gpu.release(...Object.values(this.#whole));
  }
}

/**
 * Rows of prompts, each but for its last token. A prompt begins at a multiple of four rows if all then fit; what it sees
 * is the same either way.
 *
 * @param most Rows that there is room for.
 */
export function packPrompts(
  requests: readonly SampleRequest[],
  prompts: Admission["prompts"],
  most: number,
): Readonly<Record<keyof PromptRows, Uint32Array<ArrayBuffer>>> {
  const rowsIn = (unit: number) =>
    prompts.reduce((sum, { rows: [start, end] }) => sum + roundUp(end - start, unit), 0);
  const unit = rowsIn(TOGETHER) <= most ? TOGETHER : 1;
  const count = rowsIn(unit);
  const host = {
    tokens: new Uint32Array(count),
    positions: new Uint32Array(count),
    spans: new Uint32Array(4 * count),
    slots: new Uint32Array(count).fill(NONE),
  };
  let first = 0;
  for (const { request, rows: [start, end] } of prompts) {
    const length = end - start;
    const filled = roundUp(length, unit);
    for (let i = 0; i < filled; i++) {
      const before = start + i - i % TOGETHER;
      const seen = Math.min(start + i + 1, end); // a row that fills up sees what the prompt's last one does
      host.spans.set([start, before, before, seen], 4 * (first + i));
      if (i >= length) continue;
      host.tokens[first + i] = requests[request]!.prompt[i]!;
      host.positions[first + i] = i;
      host.slots[first + i] = start + i;
    }
    first += filled;
  }
  return host;
}

function roundUp(count: number, unit: number): number {
  return Math.ceil(count / unit) * unit;
}
