import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { type Assignment, openSchedule } from "../../src/sample/schedule.ts";

const request = (length: number, count: number) => ({
  prompt: Array.from({ length }, () => 1),
  count,
  seed: 0,
});

Deno.test("admit() fills lanes in order and refills those that fall free", () => {
  const schedule = openSchedule([request(4, 2), request(3, 3)], { lanes: 3, promptRows: 100 });
  const first = schedule.admit();
  deepStrictEqual(first.assignments, [
    { request: 0, completion: 0, lane: 0, prompt: [0, 3] },
    { request: 0, completion: 1, lane: 1, prompt: [0, 3] },
    { request: 1, completion: 0, lane: 2, prompt: [3, 5] },
  ]);
  deepStrictEqual(first.prompts, [{ request: 0, rows: [0, 3] }, { request: 1, rows: [3, 5] }]);
  deepStrictEqual(schedule.admit(), { assignments: [], prompts: [] });
  schedule.end(first.assignments[1]!);
  deepStrictEqual(schedule.admit(), {
    assignments: [{ request: 1, completion: 1, lane: 1, prompt: [3, 5] }],
    prompts: [],
  });
});

Deno.test("admit() waits for rows of prompts and takes those of prompts that are done", () => {
  const schedule = openSchedule([request(7, 2), request(6, 1)], { lanes: 4, promptRows: 10 });
  const { assignments } = schedule.admit();
  deepStrictEqual(assignments.map((given) => given.request), [0, 0]);
  schedule.end(assignments[0]!);
  deepStrictEqual(schedule.admit().assignments, [], "the other completion needs the prompt");
  schedule.end(assignments[1]!);
  deepStrictEqual(schedule.admit().prompts, [{ request: 1, rows: [0, 5] }]);
});

Deno.test("openSchedule() never gives a lane or a row twice and ends with every completion", () => {
  const rng = rngStream(3);
  const requests = Array.from({ length: 40 }, () => request(1 + rng.int(9), 1 + rng.int(5)));
  const schedule = openSchedule(requests, { lanes: 6, promptRows: 20 });
  const running: Assignment[] = [];
  const done = new Set<string>();
  for (;;) {
    running.push(...schedule.admit().assignments);
    if (running.length === 0) break;
    deepStrictEqual(new Set(running.map(({ lane }) => lane)).size, running.length);
    const prompts = new Map(running.map((given) => [given.request, given.prompt]));
    const rows = [...prompts.values()].flatMap(([start, end]) =>
      Array.from({ length: end - start }, (_, i) => start + i)
    );
    deepStrictEqual(new Set(rows).size, rows.length);
    ok(rows.every((row) => row < 20) && running.every(({ lane }) => lane < 6));
    const [ended] = running.splice(rng.int(running.length), 1);
    done.add(`${ended!.request}/${ended!.completion}`);
    schedule.end(ended!);
  }
  deepStrictEqual(done.size, requests.reduce((sum, { count }) => sum + count, 0));
});

Deno.test("openSchedule() refuses what can never fit", () => {
  throws(() => openSchedule([request(11, 1)], { lanes: 4, promptRows: 10 }), /11 tokens/);
  throws(() => openSchedule([request(0, 1)], { lanes: 4, promptRows: 10 }), RangeError);
  throws(() => openSchedule([request(1, 0)], { lanes: 4, promptRows: 10 }), RangeError);
});
