import assert from "node:assert/strict";
import { canonicalForm, toJsonl } from "../../src/tasks/mod.ts";
import { main } from "../../workflows/eval.ts";
import { type Asked, reply, withChatServer } from "../support/chat_server.ts";
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

/** Runs `deno task eval` as a person would: with the permissions that the launcher grants. */
async function evaluateRemote(dir: string, url: string, ...flags: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "eval", "--json", "--sandbox.children", "1", "--bench"]
      .concat(`${dir}/bench.jsonl`, "--model.url", url, "--model.name", "m", ...flags),
    env: { KEDGE_TEST_KEY: "sk-1" },
  }).output();
  const [out, notes] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, notes: notes!, value: JSON.parse(out!.trim().split("\n").at(-1) || "null") };
}

Deno.test("eval measures a model behind a server, and asks it nothing twice", async () => {
  const [solution] = smallTasks().map((task) => task.solution);
  const bugs = smallBugs();
  const answer = ({ messages }: Asked): Response => {
    const { content } = messages[0]!;
    if (content.includes("Write a JavaScript program")) return reply("I cannot.");
    const fixes = content.includes(canonicalForm(bugs[0]!.buggy));
    return reply(`Here it is:\n\`\`\`js\n${solution}\n\`\`\``, fixes ? "stop" : "length");
  };
  await withBench(async (dir) => {
    await withChatServer(answer, async (url, received) => {
      const cache = ["--cache", `.cache/eval-test-${crypto.randomUUID()}`];
      const flags = ["--solve", "--trained-on", `${dir}/bench.jsonl`, "--model.key-env"];
      const first = await evaluateRemote(dir, url, ...cache, ...flags, "KEDGE_TEST_KEY");
      assert.equal(first.code, 0, first.notes);
      const { sources, mean, model, truncatedShare, solving, contamination } = first.value;
      assert.equal(model, `m at ${url}`);
      assert.deepEqual([sources.human.fixRate, sources["lm:weak"].fixRate], [1 / 3, 0]);
      assert.deepEqual([mean.fixRate, truncatedShare], [1 / 6, 4 / 6]); // t0 and t1 share a bug
      assert.deepEqual([solving.n, solving.fixRate, solving.verbatimShare], [3, 0, 0]);
      assert.deepEqual([contamination.tasks, contamination.same.length], [3, 3]);
      assert.equal(received.length, 6 + 3);
      assert.ok(received.every(({ headers }) => headers.get("authorization") === "Bearer sk-1"));
      assert.equal(received[0]!.question.max_tokens, 2048);

      const again = await evaluateRemote(dir, url, ...cache, "--min-fix-rate", "0.5");
      assert.match(again.notes, /6 of 6 results of m at .* were known/);
      assert.match(again.notes, /The mean fix rate is 0\.167, expected at least 0\.5\n$/);
      assert.deepEqual([again.code, received.length], [1, 9]);
      await Deno.remove(cache[1]!, { recursive: true });
    });
    await withChatServer(() => new Response("no", { status: 401 }), async (url) => {
      const { code, notes } = await evaluateRemote(dir, url, "--cache", "");
      assert.equal(code, 2);
      assert.match(notes, /^Cannot ask http:\S+: expected an answer, found status 401: no\n$/);
    });
  });
});

Deno.test("eval refuses bad input in one line", async () => {
  await assert.rejects(
    main(["--bench", "nowhere.jsonl"]),
    /ConfigError: Cannot \w+ nowhere\.jsonl/,
  );
  await assert.rejects(
    main(["--model.url", "http://h"]),
    /ConfigError: Cannot read config: model\.name: expected what the server calls the model/,
  );
  await assert.rejects(main(["--samples", "0"]), /ConfigError: Cannot read config: samples/);
});
