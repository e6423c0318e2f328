import assert from "node:assert/strict";
import { collectItems } from "../../src/collect/mod.ts";
import { Bug, readBugs, toJsonl } from "../../src/tasks/mod.ts";
import { type Collecting, withCollecting } from "../support/collecting.ts";
import { withFolder } from "../support/folder.ts";
import { smallBugs, smallTasks } from "../support/small_bugs.ts";

const HEADERS = { origin: "http://localhost", "content-type": "application/json" };

const broken = (from: string, to: string, solution = smallTasks()[0]!.solution) =>
  solution.replace(from, to);

async function post(
  { app }: Collecting,
  path: string,
  body: unknown,
  headers: Record<string, string> = HEADERS,
) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await app.request(path, { method: "POST", headers, body: text });
  return { status: response.status, value: await response.json() };
}

Deno.test("/items lists solutions and drafts; an item shows the task without its hidden part", () =>
  withCollecting(async ({ app }) => {
    const items = await (await app.request("/items")).json();
    assert.deepEqual(items.slice(0, 2), [
      { id: "t0", source: "human", draftSource: null, saved: 0 },
      { id: smallBugs()[1]!.id, source: "human-edited-lm", draftSource: "lm:weak", saved: 0 },
    ]);
    assert.equal(items.length, 6);
    const item = await (await app.request("/items/1")).json();
    assert.equal(item.draft, smallBugs()[1]!.buggy);
    assert.deepEqual(item.tests.cases[1], { call: "f([1, 2])", expected: "3" });
    assert.equal("solution" in item || "hiddenTests" in item, false);
    for (const index of ["6", "-1", "x", "1e0"]) {
      assert.equal((await app.request(`/items/${index}`)).status, 404, index);
    }
  }));

Deno.test("run tells of every test and of what would be refused", () =>
  withCollecting(async (collecting) => {
    const run = async (code: string) => (await post(collecting, "/items/0/run", { code })).value;
    const failing = await run(broken("s = 0", "s = 2"));
    assert.deepEqual([failing.kind, failing.summary], ["failed", "4 of 4 tests fail."]);
    assert.deepEqual(failing.tests[0], {
      name: "f([])",
      ok: false,
      message: "expected 0, received 2",
    });
    assert.equal(failing.refusal, undefined);
    const same = await run(`// a remark\n${smallTasks()[0]!.solution}`);
    assert.deepEqual([same.kind, same.summary], ["passed", "All 4 tests pass."]);
    assert.match(same.refusal, /^Only layout or comments differ/);
    assert.match((await run("function f(xs) {")).refusal, /does not parse/);
    assert.match((await run("function f(a, b) { return 0; }")).refusal, /name or the parameters/);
  }));

Deno.test("save keeps what is a valid bug, once, with name and time", () =>
  withCollecting(async (collecting) => {
    const save = (index: number, code: string) =>
      post(collecting, `/items/${index}/save`, { code, author: " Ada " });
    const before = Date.now();
    const code = broken("s += x", "s += 2 * x");
    const [first, again] = await Promise.all([save(0, code), save(0, `${code} // twice`)]);
    assert.equal(first.value.ok, true);
    assert.deepEqual(again.value, { ok: false, refusal: "This bug is saved already." });
    assert.equal(collecting.bugs.length, 1);
    const [bug] = collecting.bugs;
    assert.deepEqual([bug!.source, bug!.author, bug!.taskId], ["human", "Ada", "t0"]);
    assert.ok(Math.abs(Date.parse(bug!.createdAt!) - before) < 60_000);
    assert.equal(bug!.editedFrom, undefined);
    await withFolder(
      { "bugs.jsonl": toJsonl(collecting.bugs) },
      async (folder) => assert.deepEqual(await readBugs(`${folder}/bugs.jsonl`), collecting.bugs),
    );

    assert.match((await save(0, broken("s = 0", "s = 0 + 0"))).value.refusal, /passes every test/);
    assert.match((await save(0, "x".repeat(5))).value.refusal, /./);
    const items = await (await collecting.app.request("/items")).json();
    assert.deepEqual(items.map(({ saved }: { saved: number }) => saved), [1, 0, 0, 0, 0, 0]);
  }));

Deno.test("an edit of a draft is compared with the draft, and must still fail", () =>
  withCollecting(async (collecting) => {
    const draft = smallBugs()[1]!;
    const save = async (code: string) =>
      (await post(collecting, "/items/1/save", { code, author: "Ada" })).value;
    assert.match((await save(draft.buggy)).refusal, /^Only layout/);
    assert.match((await save(smallTasks()[0]!.solution)).refusal, /passes every test/);
    assert.equal((await save(broken("s = 0", "s = 3", draft.buggy))).ok, true);
    const [bug] = collecting.bugs;
    assert.deepEqual([bug!.source, bug!.editedFrom], ["human-edited-lm", draft.id]);
    const items = await (await collecting.app.request("/items")).json();
    assert.deepEqual(items.map(({ saved }: { saved: number }) => saved), [0, 1, 0, 0, 0, 0]);
  }));

Deno.test("what an earlier session saved counts, and is not saved twice", async () => {
  const saved = Bug.parse({ ...smallBugs()[0]!, source: "human" });
  await withCollecting(async (collecting) => {
    const items = await (await collecting.app.request("/items")).json();
    assert.equal(items[0].saved, 1);
    const { value } = await post(collecting, "/items/0/save", { code: saved.buggy, author: "B" });
    assert.deepEqual(value, { ok: false, refusal: "This bug is saved already." });
  }, [saved]);
});

Deno.test("only the page itself may run and save", () =>
  withCollecting(async (collecting) => {
    const body = { code: broken("s = 0", "s = 2"), author: "Ada" };
    const ask = async (headers: Record<string, string>, sent: unknown = body) =>
      (await post(collecting, "/items/0/save", sent, headers)).status;
    assert.equal(await ask({ "content-type": "application/json" }), 403);
    assert.equal(await ask({ ...HEADERS, origin: "http://evil.example" }), 403);
    assert.equal(await ask({ ...HEADERS, origin: "null" }), 403);
    assert.equal(await ask({ ...HEADERS, origin: "http://localhost:1" }), 403);
    assert.equal(
      await ask({ ...HEADERS, host: "evil.example", origin: "http://evil.example" }),
      403,
    );
    assert.equal(await ask({ ...HEADERS, "content-type": "text/plain" }), 415);
    assert.equal(await ask(HEADERS, { code: "x".repeat(300_000), author: "Ada" }), 413);
    assert.equal(await ask(HEADERS, "{"), 400);
    assert.equal(await ask(HEADERS, { code: "1" }), 400);
    assert.equal(await ask(HEADERS, { ...body, author: "  " }), 400);
    assert.equal(await ask(HEADERS, { ...body, author: "a\nb" }), 400);
    assert.equal(await ask(HEADERS, { ...body, source: "lm:x" }), 400);
    assert.equal(collecting.bugs.length, 0);
    assert.equal(await ask({ ...HEADERS, host: "localhost:9", origin: "http://localhost:9" }), 200);
  }));

Deno.test("collectItems() takes tasks from drafts, leaves out foreign drafts, and refuses others", () => {
  const [task] = smallTasks();
  const draft = smallBugs()[1]!;
  const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);
  assert.deepEqual(ids(collectItems([], [{ ...draft, task }])), ["t0", draft.id]);
  assert.deepEqual(ids(collectItems([task!], smallBugs().filter((b) => b.source !== "human"))), [
    "t0",
    draft.id,
  ]);
  assert.throws(() => collectItems([], []), /ConfigError: Cannot collect/);
  assert.throws(() => collectItems([task!], [smallBugs()[0]!]), /expected a model's program/);
  assert.throws(() => collectItems([task!], [{ ...draft, buggy: "f(" }]), /program that parses/);
});
