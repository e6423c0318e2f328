import assert from "node:assert/strict";
import { readBugs } from "../../src/tasks/mod.ts";
import { main } from "../../workflows/import.ts";
import { withFolder } from "../support/folder.ts";

const line = (number: number, body: string): string =>
  JSON.stringify({
    task_id: `JavaScript/${number}`,
    prompt: "/* Adds one. */",
    declaration: "const next = (n) => {\n",
    canonical_solution: "  return n + 1;\n}\n",
    buggy_solution: body,
    entry_point: "next",
    test: "console.assert(next(1) === 2);\n",
  }) + "\n";

Deno.test("import writes the bugs that hold, and the others beside them", async () => {
  const text = line(1, "  return n;\n}\n") + line(2, "  return 1 + n;\n}\n");
  await withFolder({ "in.jsonl": text }, async (folder) => {
    const out = `${folder}/out.jsonl`;
    const flags = ["--out", out, "--sandbox.children", "1", "--json"];
    await main(["humanevalpack", `${folder}/in.jsonl`, ...flags]);
    assert.deepEqual((await readBugs(out)).map(({ taskId }) => taskId), ["humaneval/1"]);
    const rejected = JSON.parse(await Deno.readTextFile(`${folder}/out.rejected.jsonl`));
    assert.equal(rejected.reason, "buggy-passes");
    assert.equal(rejected.place, `${folder}/in.jsonl:2`);
  });
});

Deno.test("import --split writes parts and a data card", async () => {
  const text = line(1, "  return n;\n}\n") + line(2, "  return n + 2;\n}\n");
  await withFolder({ "in.jsonl": text }, async (folder) => {
    const flags = ["--out", `${folder}/set.jsonl`, "--split", "--test-share", "1", "--json"];
    await main(["humanevalpack", `${folder}/in.jsonl`, ...flags, "--sandbox.children", "1"]);
    const tested = await readBugs(`${folder}/set.test.jsonl`);
    assert.deepEqual(tested.map(({ task }) => task!.split), ["test", "test"]);
    assert.deepEqual(await readBugs(`${folder}/set.train.jsonl`), []);
    assert.match(
      await Deno.readTextFile(`${folder}/set.card.md`),
      /^# set\n[^]*\| test \| 2 \| 2 /,
    );
  });
});

Deno.test("import names the formats it knows", async () => {
  await assert.rejects(main(["toString", "a", "--out", "b.jsonl"]), {
    name: "ConfigError",
    message: /^Cannot import format "toString": expected one of bugsourcebench-csv, humanevalpack,/,
  });
});
