import assert from "node:assert/strict";

/** Rows in the order in which they are printed. */
const ROWS = [
  "bare start",
  "bare start, unwrapped",
  "verdict",
  "verdict, 20 % hostile",
  "mostly wrong, fresh",
  "mostly wrong, screened",
  "cached verdict",
  "suite verdict",
];

Deno.test("bench sandbox prints a row for each kind of verdict, and what they amount to", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "-P=bench", "workflows/bench.ts", "sandbox"]
      .concat("--jobs", "10", "--json"),
  }).output();
  assert.ok(success);
  const { rows, summary } = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  assert.deepEqual(rows.map((row: { name: string }) => row.name), ROWS);
  for (const { name, jobs, ms, p99, perSecond } of rows) {
    assert.ok(jobs >= 3 && ms > 0 && p99 >= ms && perSecond > 0, name);
  }
  const [bare, , verdict] = rows;
  assert.equal(summary.verdictsOverBareStarts, verdict.perSecond / bare.perSecond);
  assert.equal(summary.p99OverP50, verdict.p99 / verdict.ms);
  assert.equal(summary.cacheHitRate, 1, "each program had been judged before");
  assert.equal(summary.screenHitRate, 0.8, "four of five programs were wrong");
  for (const name of ["verdictsOverUnwrappedStarts", "screenedOverFresh", "hostileOverHonest"]) {
    assert.ok(summary[name] > 0, name);
  }
});
