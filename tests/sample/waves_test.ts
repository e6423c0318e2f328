import { deepStrictEqual, throws } from "node:assert/strict";
import { planWaves } from "../../src/sample/waves.ts";

const request = (length: number, count: number) => ({
  prompt: Array.from({ length }, () => 1),
  count,
  seed: 0,
});

Deno.test("planWaves() fills lanes in order and continues a request in the next wave", () => {
  const waves = planWaves([request(3, 2), request(3, 4)], { lanes: 4, promptRows: 100 });
  deepStrictEqual(waves, [
    [{ request: 0, first: 0, count: 2 }, { request: 1, first: 0, count: 2 }],
    [{ request: 1, first: 2, count: 2 }],
  ]);
});

Deno.test("planWaves() starts a wave when the prompts do not fit", () => {
  const waves = planWaves([request(6, 1), request(5, 1)], { lanes: 4, promptRows: 10 });
  deepStrictEqual(waves.map((wave) => wave.length), [1, 1]);
});

Deno.test("planWaves() refuses what can never fit", () => {
  throws(() => planWaves([request(11, 1)], { lanes: 4, promptRows: 10 }), /11 tokens/);
  throws(() => planWaves([request(0, 1)], { lanes: 4, promptRows: 10 }), RangeError);
  throws(() => planWaves([request(1, 0)], { lanes: 4, promptRows: 10 }), RangeError);
});
