/**
 * The lanes on the GPU: what a decoding step reads and writes.
 *
 * @module
 */
import type { Gpu, Tensor } from "../gpu/mod.ts";
import type { Lanes } from "./lanes.ts";
import type { Assignment } from "./schedule.ts";

/** Views of B lanes; all u32 but `logps`. */
export type LaneTensors = Readonly<Record<Exclude<keyof Lanes, "assignment">, Tensor>>;

const NAMES = [
  "stream",
  "position",
  "slot",
  "spans",
  "finished",
  "live",
  "length",
  "next",
  "tokens",
  "logps",
] as const satisfies (keyof LaneTensors)[];

/** Buffers for up to `rows` lanes of up to `limit` tokens. */
export class LaneBuffers implements Disposable {
  readonly #gpu: Gpu;
  readonly #whole: LaneTensors;

  /** Allocates. */
  constructor(gpu: Gpu, rows: number, limit: number) {
    this.#gpu = gpu;
    const shapes = laneShapes(rows, limit);
    this.#whole = Object.fromEntries(
      NAMES.map((name) => [
        name,
        gpu.tensor(`lane.${name}`, shapes[name], name === "logps" ? "f32" : "u32"),
      ]),
    ) as LaneTensors;
  }

  /** Overwrites the lanes and returns views of them. */
  load(lanes: Lanes): LaneTensors {
    const rows = lanes.assignment.length;
    const shapes = laneShapes(rows, lanes.tokens.length / rows);
    return Object.fromEntries(NAMES.map((name) => {
      this.#gpu.upload(this.#whole[name], lanes[name]);
      return [name, this.#gpu.view(this.#whole[name], { shape: shapes[name] })];
    })) as LaneTensors;
  }

  /** Reads the lanes back, with one wait. */
  async read(tensors: LaneTensors, assignment: Assignment[]): Promise<Lanes> {
    const arrays = await this.#gpu.readAll(NAMES.map((name) => tensors[name]));
    return {
      assignment,
      ...Object.fromEntries(NAMES.map((name, i) => [name, arrays[i]])),
    } as Lanes;
  }

  /** Destroys the buffers. */
  [Symbol.dispose](): void {
    this.#gpu.release(...Object.values(this.#whole));
  }
}

function laneShapes(rows: number, limit: number): Record<(typeof NAMES)[number], number[]> {
  return {
    stream: [rows],
    position: [rows],
    slot: [rows],
    spans: [rows, 4],
    finished: [rows],
    live: [rows + 1],
    length: [rows],
    next: [rows],
    tokens: [rows, limit],
    logps: [rows, limit],
  };
}
