/**
 * Bookkeeping between two decoding steps, on the device so that no token costs a readback.
 *
 * @module
 */
import source from "../../kernels/decode_state.wgsl" with { type: "text" };
import { defineKernel, expectShape, type Pass, type Tensor } from "../gpu/mod.ts";

const kernel = defineKernel("decode_state", source);
const WG = 64;

/** Where the next token of each sequence goes; all u32. */
export interface DecodeState {
  /** Its rotary position, `[batch]`. */
  position: Tensor;
  /** Its cache slot, `[batch]`. */
  slot: Tensor;
  /** What it attends to, (prefixStart, prefixEnd, start, end), `[batch, 4]`. */
  spans: Tensor;
  /** The sequences that have not ended, in order, and at the end their number, `[batch + 1]`; written only. */
  live: Tensor;
}

/**
 * Encodes the step to the next token: one position, slot and key further, or nowhere for a finished sequence.
 *
 * @param finished 1 where a sequence has ended, u32 `[batch]`.
 * @param state Changed in place.
 * @throws {ShapeError} If a shape disagrees with `finished`.
 */
export function advanceDecodeState(pass: Pass, finished: Tensor, state: DecodeState): void {
  const { position, slot, spans, live } = state;
  const [batch] = finished.shape as [number];
  expectShape("decode_state position", position, [batch]);
  expectShape("decode_state slot", slot, [batch]);
  expectShape("decode_state spans", spans, [batch, 4]);
  expectShape("decode_state live", live, [batch + 1]);
  pass.dispatch(kernel, {
    entryPoint: "forward",
    overrides: { WG },
    params: { batch },
    bind: { finished, position, slot, spans, rows: live },
    workgroups: Math.ceil(batch / WG),
  });
}
