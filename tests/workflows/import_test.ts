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

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

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

Deno.test("an import that is ended leaves what was judged, under names that say it is not all", async () => {
  const text = line(1, "  return n;\n}\n") + line(2, "  return 1 + n;\n}\n") +
    line(3, "  for (;;);\n}\n") + line(4, "  return n;\n}\n");
  await withFolder({ "in.jsonl": text, "out.jsonl": "an earlier import\n" }, async (folder) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-prompt", `--allow-read=.,${folder}`, `--allow-write=${folder}`]
        .concat("--allow-run", "--allow-sys=uid,gid", "workflows/import.ts", "humanevalpack")
        .concat(`${folder}/in.jsonl`, "--out", `${folder}/out.jsonl`)
        .concat("--sandbox.children", "1", "--wall-ms", "300000"),
      stdout: "null",
      stderr: "null",
    }).spawn();
    let ended = false;
    const status = child.status.finally(() => ended = true);
    const accepted = `${folder}/out.jsonl.tmp`;
    const rejected = `${folder}/out.rejected.jsonl.tmp`;
    const size = (path: string) => Deno.stat(path).then(({ size }) => size, () => 0);
    while (!ended && !(await size(accepted) && await size(rejected))) await delay(20);
    assert.ok(!ended, "the third record never is judged");
    child.kill("SIGKILL");
    await status;
    assert.deepEqual((await readBugs(accepted)).map(({ taskId }) => taskId), ["humaneval/1"]);
    assert.equal(JSON.parse(await Deno.readTextFile(rejected)).reason, "buggy-passes");
    assert.equal(await Deno.readTextFile(`${folder}/out.jsonl`), "an earlier import\n");
    const flags = ["--out", `${folder}/out.jsonl`, "--sandbox.children", "1", "--json"];
    await main(["humanevalpack", `${folder}/in.jsonl`, ...flags, "--wall-ms", "1500"]);
    const again = await readBugs(`${folder}/out.jsonl`);
    assert.deepEqual(again.map(({ taskId }) => taskId), [1, 3, 4].map((n) => `humaneval/${n}`));
    assert.deepEqual(await namesIn(folder), ["in.jsonl", "out.jsonl", "out.rejected.jsonl"]);
  });
});

Deno.test("import leaves no file where there was nothing to judge", async () => {
  await withFolder({ "empty.jsonl": "" }, async (folder) => {
    const flags = ["--out", `${folder}/out.jsonl`, "--sandbox.children", "1"];
    for (const input of ["empty", "missing"]) {
      await assert.rejects(main(["humanevalpack", `${folder}/${input}.jsonl`, ...flags]), {
        name: "ConfigError",
      });
      assert.deepEqual(await namesIn(folder), ["empty.jsonl"]);
    }
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
