/**
 * Lanes: the sequences being decoded, as host arrays that mirror the GPU's state.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { SampleRequest, Wave } from "./waves.ts";

/** State of B sequences with room for `limit` tokens each. */
export interface Lanes {
  /** Which completion of the wave each row decodes, `[B]`. */
  readonly lane: number[];
  /** Random stream, `[B]`. */
  readonly stream: Uint32Array<ArrayBuffer>;
  /** Rotary position of the next token, `[B]`. */
  readonly position: Uint32Array<ArrayBuffer>;
  /** Cache slot of the next token, `[B]`. */
  readonly slot: Uint32Array<ArrayBuffer>;
  /** Keys it sees: the prompt's rows and its own lane, `[B, 4]`. */
  readonly spans: Uint32Array<ArrayBuffer>;
  /** 1 where the sequence has ended, `[B]`. */
  readonly finished: Uint32Array<ArrayBuffer>;
  /** Tokens drawn so far, `[B]`. */
  readonly length: Uint32Array<ArrayBuffer>;
  /** Token to be read next, `[B]`. */
  readonly next: Uint32Array<ArrayBuffer>;
  /** Tokens drawn, `[B, limit]`. */
  readonly tokens: Uint32Array<ArrayBuffer>;
  /** Their log-probabilities, `[B, limit]`. */
  readonly logps: Float32Array<ArrayBuffer>;
}

/** Completions of a wave. */
export function countLanes(wave: Wave): number {
  return wave.reduce((sum, { count }) => sum + count, 0);
}

/**
 * The lanes of a wave before its first token.
 *
 * @param limit Most tokens of a completion.
 * @param laneSlots First cache slot behind the prompts' rows.
 */
export function startLanes(
  requests: readonly SampleRequest[],
  wave: Wave,
  { limit, laneSlots }: { limit: number; laneSlots: number },
): Lanes {
  const lanes = emptyLanes(countLanes(wave), limit);
  let row = 0;
  let promptStart = 0;
  for (const { request, first, count } of wave) {
    const { prompt, seed } = requests[request]!;
    const promptEnd = promptStart + prompt.length;
    for (let i = first; i < first + count; i++, row++) {
      const slot = laneSlots + row * limit;
      lanes.lane.push(row);
      lanes.stream[row] = rngStream(seed, "completion", i).seed32();
      lanes.position[row] = prompt.length;
      lanes.slot[row] = slot;
      lanes.spans.set([promptStart, promptEnd, slot, slot + 1], row * 4);
    }
    promptStart = promptEnd;
  }
  return lanes;
}

/** The lanes that are not finished, in order. */
export function keepUnfinished(lanes: Lanes): Lanes {
  const rows = lanes.lane.map((_, row) => row).filter((row) => lanes.finished[row] === 0);
  const limit = lanes.tokens.length / Math.max(1, lanes.lane.length);
  const kept = emptyLanes(rows.length, limit);
  rows.forEach((from, to) => {
    kept.lane.push(lanes.lane[from]!);
    for (const name of SCALARS) kept[name][to] = lanes[name][from]!;
    kept.spans.set(lanes.spans.subarray(from * 4, from * 4 + 4), to * 4);
    kept.tokens.set(lanes.tokens.subarray(from * limit, (from + 1) * limit), to * limit);
    kept.logps.set(lanes.logps.subarray(from * limit, (from + 1) * limit), to * limit);
  });
  return kept;
}

const SCALARS = ["stream", "position", "slot", "finished", "length", "next"] as const;

function emptyLanes(rows: number, limit: number): Lanes {
  return {
    lane: [],
    stream: new Uint32Array(rows),
    position: new Uint32Array(rows),
    slot: new Uint32Array(rows),
    spans: new Uint32Array(rows * 4),
    finished: new Uint32Array(rows),
    length: new Uint32Array(rows),
    next: new Uint32Array(rows),
    tokens: new Uint32Array(rows * limit),
    logps: new Float32Array(rows * limit),
  };
}
