import assert from "node:assert/strict";
import { toJsonl } from "../../src/tasks/mod.ts";
import { main as analyse } from "../../workflows/analyse.ts";
import { main as embed } from "../../workflows/embed.ts";
import { gpuTest } from "../support/device.ts";
import { smallBugs, smallTasks } from "../support/small_bugs.ts";

const MODEL = "tests/reference/golden/qwen2";

/** Runs a workflow on the small bugs and returns its JSON and what it wrote. */
async function runOnBugs(
  workflow: string,
  flags: readonly string[],
): Promise<{ value: ReturnType<typeof JSON.parse>; files: Map<string, string> }> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/tasks.jsonl`, toJsonl(smallTasks()));
    await Deno.writeTextFile(`${dir}/bugs.jsonl`, toJsonl(smallBugs()));
    await Deno.mkdir(`${dir}/out`);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-prompt", `--allow-read=.,${dir}`, `--allow-write=${dir}/out`]
        .concat("--allow-run", `workflows/${workflow}.ts`, `${dir}/bugs.jsonl`)
        .concat("--tasks", `${dir}/tasks.jsonl`, "--json", "--out", `${dir}/out/${workflow}`)
        .concat(flags),
      env: { XDG_RUNTIME_DIR: "/tmp" },
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const value = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
    return { value, files: await readAll(`${dir}/out`) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function readAll(dir: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (isDirectory) {
      for (const [inner, text] of await readAll(`${dir}/${name}`)) files.set(inner, text);
    } else files.set(name, await Deno.readTextFile(`${dir}/${name}`));
  }
  return files;
}

Deno.test("analyse writes a report with plots", async () => {
  const { value, files } = await runOnBugs("analyse", ["--sandbox.children", "1"]);
  assert.deepEqual([value.items, value.tasks, value.embedder], [6, 3, "edit-ngrams"]);
  assert.deepEqual(Object.keys(value.sources), ["human", "lm:weak"]);
  assert.equal(value.against, "mutations");
  assert.ok(value.generated.classifier.auc <= 1);
  assert.deepEqual([...files.keys()].sort(), [
    ...["analysis.json", "analysis.md", "edit-sizes.svg", "failing-tests.svg"],
    ...["operators.svg", "source-purity.svg"],
  ]);
  assert.deepEqual(JSON.parse(files.get("analysis.json")!), value);
});

Deno.test("embed lists the nearest bugs of other tasks and writes vectors", async () => {
  const { value, files } = await runOnBugs("embed", ["--neighbours", "2"]);
  assert.deepEqual([value.embedder, value.dimensions, value.bugs.length], ["edit-ngrams", 512, 6]);
  for (const { taskId, neighbours } of value.bugs) {
    assert.equal(neighbours.length, 2);
    assert.ok(neighbours[0].cosine >= neighbours[1].cosine);
    assert.ok(neighbours.every((near: { id: string }) => !near.id.endsWith(taskId.slice(1))));
  }
  const [first] = files.get("embed")!.split("\n");
  assert.equal(JSON.parse(first!).vector.length, 512);
});

gpuTest("embed by a model gives vectors of its width", async () => {
  const flags = ["--embedder", "policy", "--model.path", MODEL, "--no-other-tasks"];
  const { value } = await runOnBugs("embed", flags);
  const { ["hidden_size"]: width } = JSON.parse(await Deno.readTextFile(`${MODEL}/config.json`));
  assert.equal(value.dimensions, width);
  for (const { id, neighbours } of value.bugs) {
    assert.ok(
      neighbours.length === 5 && neighbours.every((near: { id: string }) => near.id !== id),
    );
  }
});

Deno.test("analyse and embed refuse bad input in one line", async () => {
  await assert.rejects(analyse([]), /ConfigError: Cannot read arguments: expected FILE/);
  await assert.rejects(embed(["nowhere.jsonl"]), /ConfigError: Cannot \w+ nowhere.jsonl/);
  await assert.rejects(
    analyse(["nowhere.jsonl", "--neighbours", "0"]),
    /ConfigError: Cannot read config: neighbours/,
  );
});
