import assert from "node:assert/strict";
import { advanceDecodeState } from "../../src/ops/decode_state.ts";
import { gpuTest } from "../support/device.ts";

gpuTest("advanceDecodeState() moves live sequences on and takes finished ones out", async (gpu) => {
  const finished = gpu.from("finished", [3], Uint32Array.of(0, 1, 0));
  const state = {
    position: gpu.from("position", [3], Uint32Array.of(4, 5, 6)),
    slot: gpu.from("slot", [3], Uint32Array.of(10, 20, 30)),
    spans: gpu.from("spans", [3, 4], Uint32Array.of(0, 4, 9, 10, 0, 4, 19, 20, 0, 4, 29, 30)),
  };
  const pass = gpu.pass("decode_state");
  advanceDecodeState(pass, finished, state);
  advanceDecodeState(pass, finished, state);
  pass.submit();
  const [position, slot, spans] = await gpu.readAll([state.position, state.slot, state.spans]);
  assert.deepEqual([...position!], [6, 5, 8]);
  assert.deepEqual([...slot!], [12, 0xffffffff, 32]);
  assert.deepEqual([...spans!], [0, 4, 9, 12, 0, 0, 0, 0, 0, 4, 29, 32]);
  gpu.release(finished, ...Object.values(state));
});
