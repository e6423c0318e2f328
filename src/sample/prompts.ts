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

/** Buffers for the prompts that are read in one pass. */
export class PromptBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #whole: PromptRows;

  /** Allocates for up to `rows` tokens. */
  constructor(gpu: Gpu, rows: number) {
    this.#gpu = gpu;
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
    const count = prompts.reduce((sum, { rows: [start, end] }) => sum + end - start, 0);
    if (count === 0) return undefined;
    const host = {
      tokens: new Uint32Array(count),
      positions: new Uint32Array(count),
      spans: new Uint32Array(4 * count),
      slots: new Uint32Array(count),
    };
    let first = 0;
    for (const { request, rows: [start, end] } of prompts) {
      for (let i = 0; i < end - start; i++) {
        const row = first + i;
        host.tokens[row] = requests[request]!.prompt[i]!;
        host.positions[row] = i;
        host.spans.set([start, start, start, start + i + 1], 4 * row);
        host.slots[row] = start + i;
      }
      first += end - start;
    }
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
