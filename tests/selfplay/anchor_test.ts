import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { editNgrams, type Embedder } from "../../src/embed/mod.ts";
import {
  type Edit,
  editOf,
  openAnchor,
  percentileIn,
  shuffleEdits,
} from "../../src/selfplay/mod.ts";

/** Embeds a diff that is a list of numbers as that vector. */
const literal: Embedder = {
  embed: (texts) => Promise.resolve(texts.map((text) => Float32Array.from(JSON.parse(text)))),
};

const at = (taskId: string, ...vector: number[]): Edit => ({
  taskId,
  diff: JSON.stringify(vector),
});

Deno.test("percentileIn() counts equal values half", () => {
  assert.equal(percentileIn([1, 2, 3, 4], 0), 0);
  assert.equal(percentileIn([1, 2, 3, 4], 2.5), 0.5);
  assert.equal(percentileIn([1, 2, 2, 4], 2), 0.5);
  assert.equal(percentileIn([1, 2, 3, 4], 9), 1);
});

Deno.test("openAnchor() centres, leaves the own task out and ranks among the references", async () => {
  // Mean (4, 4): centred references (1, 0), (0, 1), (-1, 0), (0, -1).
  const references = [at("a", 5, 4), at("b", 4, 5), at("c", 3, 4), at("d", 4, 3)];
  const anchor = await openAnchor(references, { embedder: literal, neighbours: 1 });
  // Each reference's nearest of another task has cosine 0, so the scale is 0, 0, 0, 0.
  const scores = await anchor.score([
    at("z", 6, 4), // cosine 1 to a
    at("a", 6, 4), // a does not count for its own task: best is 0
    at("z", 5, 5), // between a and b
  ]);
  assert.deepEqual(scores.map(({ percentile }) => percentile), [1, 0.5, 1]);
});

Deno.test("openAnchor() gives the published similarity uncentred, own task included", async () => {
  const references = [at("a", 1, 0), at("b", 0, 1)];
  const anchor = await openAnchor(references, { embedder: literal, neighbours: 2 });
  const [score] = await anchor.score([at("a", 2, 0)]);
  assert.ok(Math.abs(score!.similarity - (1 + 0.5) / 2) < 1e-7); // mean cosine of 1 and 0
});

Deno.test("openAnchor() throws without references", async () => {
  await assert.rejects(openAnchor([], { embedder: editNgrams, neighbours: 5 }), RangeError);
});

Deno.test("an anchor of boundary mistakes scores a new boundary mistake above another mistake", async () => {
  const loop = (name: string, sign: string) =>
    `function f(${name}) {\n  for (let i = 0; i ${sign} ${name}.length; i++) {\n    g(${name}[i]);\n  }\n}`;
  const sum = (sign: string) => `function f(a, b) {\n  return a ${sign} b;\n}`;
  const names = ["xs", "words", "list", "rows", "items", "keys"];
  const references = [
    ...names.map((name) => editOf(name, loop(name, "<"), loop(name, "<="))),
    ...["*", "/", "%"].map((sign) => editOf(`sum${sign}`, sum("+"), sum(sign))),
  ];
  const anchor = await openAnchor(references, { embedder: editNgrams, neighbours: 3 });
  const [near, far] = await anchor.score([
    editOf("new", loop("values", "<"), loop("values", "<=")),
    editOf("other", "function f(a) {\n  return a.pop();\n}", "function f(a) {\n  return null;\n}"),
  ]);
  assert.ok(near!.percentile > far!.percentile + 0.3, `${near!.percentile} ${far!.percentile}`);
});

Deno.test("shuffleEdits() keeps every changed line and every shape, but not their places", () => {
  const edits = Array.from({ length: 8 }, (_, i) => editOf(`t${i}`, `a\nb${i}\nc`, `a\nB${i}\nc`));
  const shuffled = shuffleEdits(edits, rngStream(2));
  const changed = (list: readonly Edit[]) =>
    list.flatMap(({ diff }) => diff.split("\n").filter((line) => /^[+-]/.test(line))).sort();
  assert.deepEqual(changed(shuffled), changed(edits));
  assert.notDeepEqual(shuffled, edits);
  shuffled.forEach(({ taskId, diff }, i) => {
    assert.equal(taskId, edits[i]!.taskId);
    assert.equal(diff.split("\n").length, edits[i]!.diff.split("\n").length);
  });
});
