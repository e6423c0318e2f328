import assert from "node:assert/strict";
import { readBugs, toJsonl } from "../../src/tasks/mod.ts";
import { reply, withChatServer } from "../support/chat_server.ts";
import { withFolder } from "../support/folder.ts";
import { smallBugs, smallTasks } from "../support/small_bugs.ts";

const ROOT = `${import.meta.dirname}/../../`;

/** Starts `deno task collect --source human` as a person would, on a free port, and stops it after use. */
async function withPage(
  folder: string,
  use: (page: { url: string; saved: number; items: number }) => Promise<void>,
): Promise<void> {
  const page = new Deno.Command(Deno.execPath(), {
    args: ["task", "-q", "collect", "--source", "human", "--port", "0", "--json"]
      .concat("--tasks", `${folder}/tasks.jsonl`, "--drafts", `${folder}/drafts.jsonl`)
      .concat("--out", `${folder}/ours.jsonl`, "--sandbox.children", "1"),
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = page.stdout.getReader();
  await use(JSON.parse(new TextDecoder().decode((await reader.read()).value)));
  page.kill("SIGTERM");
  assert.equal((await page.status).code, 0);
  await Promise.all([reader.cancel(), page.stderr.cancel()]);
}

Deno.test("collect --source human adds bugs to a file, over several sessions", async () => {
  const drafts = smallBugs().filter(({ source }) => source !== "human");
  const files = { "tasks.jsonl": toJsonl(smallTasks()), "drafts.jsonl": toJsonl(drafts) };
  await withFolder(files, async (folder) => {
    const save = async (url: string, index: number, code: string) => {
      const response = await fetch(`${url}items/${index}/save`, {
        method: "POST",
        headers: { origin: url.slice(0, -1), "content-type": "application/json" },
        body: JSON.stringify({ code, author: "Ada" }),
      });
      return await response.json();
    };
    await withPage(folder, async ({ url, saved, items }) => {
      assert.deepEqual([saved, items], [0, 6]);
      assert.equal((await save(url, 0, smallBugs()[0]!.buggy)).ok, true);
    });
    await withPage(folder, async ({ url, saved }) => {
      assert.equal(saved, 1);
      assert.equal((await save(url, 0, smallBugs()[0]!.buggy)).ok, false);
      assert.equal((await save(url, 1, drafts[0]!.buggy.replace("s = 0", "s = 4"))).ok, true);
    });
    const bugs = await readBugs(`${folder}/ours.jsonl`);
    assert.deepEqual(bugs.map(({ source, author, task }) => [source, author, task?.id]), [
      ["human", "Ada", "t0"],
      ["human-edited-lm", "Ada", "t0"],
    ]);
  });
});

Deno.test("collect keeps failing solutions of a model behind a server", async () => {
  const [bug] = smallBugs();
  const answer = ({ seed }: { seed: number }) =>
    reply(`\`\`\`js\n${seed % 2 ? bug!.buggy : smallTasks()[0]!.solution}\n\`\`\``);
  await withFolder({ "tasks.jsonl": toJsonl(smallTasks().slice(0, 1)) }, async (folder) => {
    await withChatServer(answer, async (url) => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "task",
          "-q",
          "collect",
          "--json",
          "--tasks",
          `${folder}/tasks.jsonl`,
          "--tries",
          "4",
        ]
          .concat("--out", `${folder}/drafts.jsonl`, "--sandbox.children", "1", "--name", "qwen")
          .concat("--model.url", url, "--model.name", "m"),
        cwd: ROOT,
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const { tasks, bugs, solveRate } = JSON.parse(new TextDecoder().decode(stdout));
      assert.deepEqual([tasks, bugs, solveRate], [1, 1, 0.5]);
    });
    const [draft] = await readBugs(`${folder}/drafts.jsonl`);
    assert.deepEqual([draft!.source, draft!.taskId, draft!.author], ["lm:qwen", "t0", "qwen"]);
    assert.match(draft!.buggy, /let s = 1;/);
  });
});
