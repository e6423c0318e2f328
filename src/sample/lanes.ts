/**
 * Lanes: the sequences being decoded, as host arrays that mirror the GPU's state.
 *
 * @module
 */
import { rngStream } from "../base/mod.ts";
import type { Assignment, SampleRequest } from "./schedule.ts";

/** State of B sequences with room for `limit` tokens each. */
export interface Lanes {
  /** Which completion each row decodes, `[B]`. */
  readonly assignment: Assignment[];
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
  /** Rows of the sequences that have not, in order, and at the end their number, `[B + 1]`. */
  readonly live: Uint32Array<ArrayBuffer>;
  /** Tokens drawn so far, `[B]`. */
  readonly length: Uint32Array<ArrayBuffer>;
  /** Token to be read next, `[B]`. */
  readonly next: Uint32Array<ArrayBuffer>;
  /** Tokens drawn, `[B, limit]`. */
  readonly tokens: Uint32Array<ArrayBuffer>;
  /** Their log-probabilities, `[B, limit]`. */
  readonly logps: Float32Array<ArrayBuffer>;
}

/** Sizes of the lanes. */
export interface LaneSizes {
  /** Most tokens of a completion. */
  readonly limit: number;
  /** First cache slot behind the prompts' rows. */
  readonly laneSlots: number;
}

/** Lanes without any row. */
export function noLanes(limit: number): Lanes {
  return emptyLanes(0, limit);
}

/**
 * The lanes that are not finished, in order, followed by new ones, each of which is about to read the last token of
 * its prompt.
 */
export function refillLanes(
  lanes: Lanes,
  requests: readonly SampleRequest[],
  assignments: readonly Assignment[],
  { limit, laneSlots }: LaneSizes,
): Lanes {
  const rows = lanes.assignment.map((_, row) => row).filter((row) => lanes.finished[row] === 0);
  const next = emptyLanes(rows.length + assignments.length, limit);
  rows.forEach((from, to) => {
    next.assignment.push(lanes.assignment[from]!);
    for (const name of SCALARS) next[name][to] = lanes[name][from]!;
    next.spans.set(lanes.spans.subarray(from * 4, from * 4 + 4), to * 4);
    next.tokens.set(lanes.tokens.subarray(from * limit, (from + 1) * limit), to * limit);
    next.logps.set(lanes.logps.subarray(from * limit, (from + 1) * limit), to * limit);
  });
  assignments.forEach((assignment, i) => {
    const row = rows.length + i;
    const { prompt, seed } = requests[assignment.request]!;
    const slot = laneSlots + assignment.lane * limit;
    next.assignment.push(assignment);
    next.stream[row] = rngStream(seed, "completion", assignment.completion).seed32();
    next.position[row] = prompt.length - 1;
    next.slot[row] = slot;
    next.spans.set([...assignment.prompt, slot, slot + 1], row * 4);
    next.next[row] = prompt.at(-1)!;
  });
  return next;
}

const SCALARS = ["stream", "position", "slot", "finished", "length", "next"] as const;

function emptyLanes(rows: number, limit: number): Lanes {
  return {
    assignment: [],
    stream: new Uint32Array(rows),
    position: new Uint32Array(rows),
    slot: new Uint32Array(rows),
    spans: new Uint32Array(rows * 4),
    finished: new Uint32Array(rows),
    live: Uint32Array.from({ length: rows + 1 }, (_, row) => row),
    length: new Uint32Array(rows),
    next: new Uint32Array(rows),
    tokens: new Uint32Array(rows * limit),
    logps: new Float32Array(rows * limit),
  };
}
