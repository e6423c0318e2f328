import assert from "node:assert/strict";
import { toJsonl } from "../../src/tasks/mod.ts";
import { main } from "../../workflows/eval.ts";
import { gpuTest } from "../support/device.ts";
import { smallBugs, smallTasks } from "../support/small_bugs.ts";

const MODEL = "fixtures/micro/model";

/** A folder that holds the small bugs as a bench. */
async function withBench(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const tasks = new Map(smallTasks().map((task) => [task.id, task]));
    const bugs = smallBugs().map((bug) => ({ ...bug, task: tasks.get(bug.taskId) }));
    await Deno.writeTextFile(`${dir}/bench.jsonl`, toJsonl(bugs));
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function evaluateIn(dir: string, ...flags: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", `--allow-read=.,${dir}`, `--allow-write=${dir}`]
      .concat("--allow-run", "workflows/eval.ts", "--json", "--sandbox.children", "1")
      .concat("--model.path", MODEL, "--bench", `${dir}/bench.jsonl`, "--cache", `${dir}/cache`)
      .concat(flags),
    env: { XDG_RUNTIME_DIR: "/tmp" },
  }).output();
  const [out, notes] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, notes: notes!, value: JSON.parse(out!.trim().split("\n").at(-1)!) };
}

gpuTest("eval measures, remembers, compares and reports", async () => {
  await withBench(async (dir) => {
    const files = ["--solve", "--out", `${dir}/results.jsonl`, "--junit", `${dir}/junit.xml`];
    const first = await evaluateIn(dir, ...files);
    assert.equal(first.code, 0, first.notes);
    const { sources, mean, passAtK } = first.value;
    assert.deepEqual(Object.keys(sources), ["human", "lm:weak"]);
    assert.equal(mean.fixRate, (sources.human.fixRate + sources["lm:weak"].fixRate) / 2);
    assert.equal(passAtK["1"], mean.fixRate);
    assert.equal(first.value.kinds["wrong-initial-value"].n, 2);
    assert.equal(first.value.solving.n, 3);
    const junit = await Deno.readTextFile(`${dir}/junit.xml`);
    assert.equal(junit.match(/<testcase /g)!.length, 6);
    assert.equal(junit.match(/<failure /g)?.length ?? 0, Math.round(6 * (1 - mean.fixRate)));

    const again = await evaluateIn(dir, "--against", `${dir}/results.jsonl`);
    assert.match(again.notes, /6 of 6 results of .* were known/);
    assert.equal(again.value.against.mean.change.diff, 0);
    const { against: _, ...rest } = again.value;
    const { solving: __, ...measured } = first.value;
    assert.deepEqual(rest, measured);

    const both = await evaluateIn(dir, "--against", MODEL, "--min-fix-rate", "1", "--items", "2");
    assert.equal(both.value.against.name, MODEL);
    assert.equal(both.code, both.value.mean.fixRate < 1 ? 1 : 0);
  });
});

Deno.test("eval refuses bad input in one line", async () => {
  await assert.rejects(
    main(["--bench", "nowhere.jsonl"]),
    /ConfigError: Cannot \w+ nowhere\.jsonl/,
  );
  await assert.rejects(main(["--samples", "0"]), /ConfigError: Cannot read config: samples/);
});
