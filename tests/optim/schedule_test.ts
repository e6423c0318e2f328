import { strictEqual } from "node:assert/strict";
import { cosineRate } from "../../src/optim/schedule.ts";

Deno.test("cosineRate() warms up linearly, peaks, halves midway and ends at the floor", () => {
  const schedule = { peak: 0.5, floor: 0.1, warmup: 4, steps: 15 };
  strictEqual(cosineRate(schedule, 0), 0.125);
  strictEqual(cosineRate(schedule, 3), 0.5);
  strictEqual(cosineRate(schedule, 4), 0.5);
  strictEqual(Math.abs(cosineRate(schedule, 9) - 0.275) < 1e-12, true);
  strictEqual(Math.abs(cosineRate(schedule, 14) - 0.05) < 1e-12, true);
  strictEqual(Math.abs(cosineRate(schedule, 99) - 0.05) < 1e-12, true);
});
