import assert from "node:assert/strict";
import { advanceDecodeState } from "../../src/ops/decode_state.ts";
import { gpuTest } from "../support/device.ts";

gpuTest("advanceDecodeState() moves live sequences on and takes finished ones out", async (gpu) => {
  const finished = gpu.from("finished", [3], Uint32Array.of(0, 1, 0));
  const state = {
    position: gpu.from("position", [3], Uint32Array.of(4, 5, 6)),
    slot: gpu.from("slot", [3], Uint32Array.of(10, 20, 30)),
    spans: gpu.from("spans", [3, 4], Uint32Array.of(0, 4, 9, 10, 0, 4, 19, 20, 0, 4, 29, 30)),
    live: gpu.from("live", [4], Uint32Array.of(0, 1, 2, 3)),
  };
  const pass = gpu.pass("decode_state");
  advanceDecodeState(pass, finished, state);
  advanceDecodeState(pass, finished, state);
  pass.submit();
  const [position, slot, spans, live] = await gpu.readAll(
    [state.position, state.slot, state.spans, state.live],
  );
  assert.deepEqual([...position!], [6, 5, 8]);
  assert.deepEqual([...slot!], [12, 0xffffffff, 32]);
  assert.deepEqual([...spans!], [0, 4, 9, 12, 0, 0, 0, 0, 0, 4, 29, 32]);
  assert.deepEqual([...live!], [0, 2, 2, 2]); // two of them; what is between is of no use
  gpu.release(finished, ...Object.values(state));
});

gpuTest("advanceDecodeState() lists the live ones of several workgroups in order", async (gpu) => {
  const batch = 150;
  for (const ends of [(b: number) => b % 3 === 1, () => true, () => false]) {
    const ended = Uint32Array.from({ length: batch }, (_, b) => Number(ends(b)));
    const finished = gpu.from("finished", [batch], ended);
    const state = {
      position: gpu.tensor("position", [batch], "u32"),
      slot: gpu.tensor("slot", [batch], "u32"),
      spans: gpu.tensor("spans", [batch, 4], "u32"),
      live: gpu.tensor("live", [batch + 1], "u32"),
    };
    const pass = gpu.pass("decode_state");
    advanceDecodeState(pass, finished, state);
    pass.submit();
    const live = await gpu.read(state.live);
    const expected = [...ended.keys()].filter((b) => ended[b] === 0);
    assert.equal(live[batch], expected.length);
    assert.deepEqual([...live.subarray(0, expected.length)], expected);
    gpu.release(finished, ...Object.values(state));
  }
});
