import assert from "node:assert/strict";
import { ConfigError } from "../../src/base/mod.ts";
import { archiveFromJson, archiveToJson, emptyArchive, keepBugs } from "../../src/selfplay/mod.ts";

const kept = (code: string, order = 1) => ({ taskId: "t", code, order });

Deno.test("archiveFromJson() undoes archiveToJson()", () => {
  const archive = emptyArchive();
  archive.hashes.add("a").add("b");
  archive.sometimesSolved = [kept("x")];
  archive.failedRepairs = [kept("y", 2)];
  const copy = () => archiveFromJson(JSON.parse(JSON.stringify(archiveToJson(archive))));
  assert.deepEqual(copy(), archive);
  archive.similarityBaseline = 0.25;
  assert.deepEqual(copy(), archive);
});

Deno.test("archiveFromJson() throws ConfigError naming the field", () => {
  assert.throws(() => archiveFromJson({ hashes: [1] }), ConfigError);
  assert.throws(() => archiveFromJson({ hashes: [1] }), /hashes\[0\]/);
});

Deno.test("keepBugs() moves repeated bugs to the end and lets the oldest go", () => {
  const list = keepBugs([kept("a"), kept("b")], [kept("a", 2), kept("c")]);
  assert.deepEqual(list.map(({ code, order }) => [code, order]), [["b", 1], ["a", 2], ["c", 1]]);
  const many = Array.from({ length: 300 }, (_, i) => kept(`${i}`));
  const some = keepBugs([], many);
  assert.equal(some.length, 256);
  assert.equal(some.at(-1)!.code, "299");
});
