import assert from "node:assert/strict";
import {
  compareEvaluations,
  evaluationJunit,
  evaluationMarkdown,
  evaluationText,
  summarizeEvaluation,
} from "../../src/bench/mod.ts";
import { itemResults } from "../support/item_results.ts";

const RESULTS = itemResults({ human: "1100", "lm:weak": "1000" });
const OUTCOME = {
  model: "fixtures/micro",
  bench: "bench.jsonl",
  summary: summarizeEvaluation(RESULTS, 1),
  results: RESULTS,
  kinds: { "wrong-return": { n: 8, fixRate: 0.375, low: 0.1, high: 0.7 } },
};

Deno.test("evaluationText() holds a row a source, the mean and what the table does not say", () => {
  const lines = evaluationText(OUTCOME).split("\n");
  assert.match(lines[0]!, /^source +n +fix rate, %$/);
  assert.match(lines[2]!, /^human +4 +50\.0 \[15\.0, 85\.0\]$/);
  assert.match(lines[3]!, /^lm:weak +4 +25\.0 \[4\.6, 69\.9\]$/);
  assert.match(lines[4]!, /^mean +8 +37\.5 \[/);
  assert.equal(
    lines[5],
    "visible tests alone: 37.5 %; a repair changes 1.0 lines",
  );
  const rate = { fixRate: 0.25, low: 0, high: 0.5 };
  const solving = { n: 4, ...rate, passAtK: {}, verbatimShare: 0.125 };
  assert.match(
    evaluationText({ ...OUTCOME, solving }),
    /\n25\.0 \[0\.0, 50\.0\] % of the tasks solved from scratch, 12\.5 % with the reference word for word$/,
  );
  const contamination = { tasks: 4, same: ["a"], near: ["b"], clean: { n: 4, ...rate } };
  assert.match(
    evaluationText({ ...OUTCOME, contamination }),
    /\nof 4 tasks, 1 stand in the training files and 1 nearly do; fix rate on the others: 25\.0 \[/,
  );
});

Deno.test("evaluationText() has columns for pass@k by source, and tells of replies that were cut", () => {
  const sampled = RESULTS.map((result) => ({ ...result, attempts: 2, truncated: 1 }));
  const lines = evaluationText({
    ...OUTCOME,
    results: sampled,
    summary: summarizeEvaluation(sampled, 1),
  }).split("\n");
  assert.match(lines[0]!, /fix rate, % +pass@2$/);
  assert.match(lines[2]!, /^human +4 +25\.0 \[.*\] +50\.0$/);
  assert.match(lines[3]!, /^lm:weak +4 +12\.5 \[.*\] +25\.0$/);
  assert.match(lines[4]!, /^mean +8 +18\.8 \[.*\] +37\.5$/);
  assert.match(lines[5]!, /; 50\.0 % of the replies cut off \(see --max-tokens\)$/);
});

Deno.test("evaluationMarkdown() shows the comparison with another model", () => {
  const other = itemResults({ human: "0000", "lm:weak": "0000" });
  const paired = compareEvaluations(other, RESULTS, 1);
  const page = evaluationMarkdown({ ...OUTCOME, against: { name: "base.jsonl", paired } });
  assert.match(page, /^# fixtures\/micro on bench\.jsonl\n/);
  assert.match(page, /## Against base\.jsonl\n\n\| fix rate, % \| n \| the other \| this one \|/);
  assert.match(page, /\| human \| 4 \| 0\.0 \[.*\] \| 50\.0 \[.*\] \| \+50\.0 \[/);
  assert.doesNotMatch(evaluationMarkdown(OUTCOME), /Against/);
  assert.match(page, /\| wrong-return \| 8 \| 37\.5 \[10\.0, 70\.0\] \|/);
});

Deno.test("evaluationJunit() has a suite a source and a failure a bug that stays", () => {
  const xml = evaluationJunit(OUTCOME);
  assert.match(
    xml,
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="bench\.jsonl" tests="8" failures="5">\n/,
  );
  assert.match(xml, /<testsuite name="human" tests="4" failures="2">/);
  assert.match(xml, /<testcase classname="human\.task-0" name="human-0"\/>/);
  assert.match(
    xml,
    /name="human-2"><failure message="none of 1 repairs passes all tests; 0 pass the visible ones"\/><\/testcase>/,
  );
  assert.equal(xml.match(/<testcase /g)!.length, 8);
  assert.equal(xml.match(/<failure /g)!.length, 5);
});

Deno.test("evaluationJunit() escapes names", () => {
  const [first] = RESULTS;
  const xml = evaluationJunit({ ...OUTCOME, results: [{ ...first!, id: `a"<&\u0000` }] });
  assert.match(xml, /name="a&#34;&#60;&#38;\ufffd"/);
});
