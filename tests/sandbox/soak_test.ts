/** Thousands of jobs through one sandbox, a fifth of them hostile. */
import assert from "node:assert/strict";

const WORKER = `${import.meta.dirname}/../support/soak_worker.ts`;
const JOBS = 5000;
/** Growth of the live heap over the last four fifths of the jobs: 262 bytes each would exceed it. */
const MOST_GROWTH = 2 ** 20;

Deno.test("5,000 jobs, a fifth hostile: none forged, no honest one lost, memory stays flat", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--v8-flags=--expose-gc", "--allow-read", "--allow-run", "--allow-sys"]
      .concat(WORKER, String(JOBS)),
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { wrong, growth } = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual(wrong, []);
  assert.ok(growth < MOST_GROWTH, `grew by ${growth} bytes`);
});
