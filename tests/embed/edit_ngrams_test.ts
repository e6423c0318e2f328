import assert from "node:assert/strict";
import { cosine, editNgrams } from "../../src/embed/mod.ts";
import { unifiedDiff } from "../../src/tasks/diff.ts";

async function similarity(a: [string, string], b: [string, string]): Promise<number> {
  const [x, y] = await editNgrams.embed([unifiedDiff(...a), unifiedDiff(...b)]);
  return cosine(x!, y!);
}

const LOOP = "for (let i = 0; i < xs.length; i++) {\n  s += xs[i];\n}\nreturn s;";
const OTHER_LOOP = "for (let j = 0; j < words.length; j++) {\n  out.push(words[j]);\n}";

Deno.test("editNgrams is 1 on the same edit and does not see context", async () => {
  const broken = LOOP.replace("<", "<=");
  const same = await similarity([LOOP, broken], [`a();\n${LOOP}`, `a();\n${broken}`]);
  assert.ok(Math.abs(same - 1) < 1e-6);
});

Deno.test("editNgrams finds the same mistake under other names nearer than another mistake", async () => {
  const boundary: [string, string] = [LOOP, LOOP.replace("<", "<=")];
  const alike = await similarity(boundary, [OTHER_LOOP, OTHER_LOOP.replace("<", "<=")]);
  const different = await similarity(boundary, [LOOP, LOOP.replace("+=", "=")]);
  assert.ok(alike > different + 0.2, `${alike} against ${different}`);
});

Deno.test("editNgrams tells an edit from its undoing", async () => {
  const broken = LOOP.replace("<", "<=");
  assert.ok(Math.abs(await similarity([LOOP, broken], [broken, LOOP]) + 1) < 1e-6);
});

Deno.test("editNgrams gives an empty diff the zero vector", async () => {
  const [zero] = await editNgrams.embed([""]);
  assert.ok(zero!.every((value) => value === 0));
});
