import assert from "node:assert/strict";
import { SandboxConfig } from "../../src/config/mod.ts";
import { type ProgramJob, Sandbox, type TestResult, type Verdict } from "../../src/sandbox/mod.ts";

const CONFIG = SandboxConfig.parse({ wallMs: 20_000 });

async function run(
  source: string,
  tests: string,
  extra: Partial<ProgramJob> = {},
): Promise<Verdict> {
  await using sandbox = await Sandbox.open({ ...CONFIG, children: 1 }, () => {});
  return await sandbox.runProgram({ source, language: "js", tests, kind: "suite", ...extra });
}

/** Asserts that every test passes; shows the failures otherwise. */
async function assertPasses(source: string, tests: string, extra: Partial<ProgramJob> = {}) {
  const verdict = await run(source, tests, extra);
  const failures = "tests" in verdict ? verdict.tests?.filter((test) => !test.ok) : undefined;
  assert.equal(verdict.kind, "passed", JSON.stringify(failures ?? verdict));
}

Deno.test("runProgram() reports each test of a suite", async () => {
  const verdict = await run(
    "const double = (x) => x + x;",
    `describe("double", () => {
  it("numbers", () => expect(double(2)).toBe(4));
  it("strings", () => expect(double("a")).toEqual("b"));
  it.each([[1, 2], [3, 5]])("%i gives %i", (x, y) => assert.strictEqual(double(x), y));
});`,
  );
  assert.ok(verdict.kind === "failed");
  assert.deepEqual(verdict.tests, [
    { name: "double > numbers", ok: true, message: "" },
    { name: "double > strings", ok: false, message: 'expected to equal "b", received "aa"' },
    { name: "double > 1 gives 2", ok: true, message: "" },
    { name: "double > 3 gives 5", ok: false, message: "expected identical to 5, received 6" },
  ]);
});

Deno.test("runProgram() knows the styles of Deno, node:test, tape and callbacks", async () => {
  await assertPasses(
    "export function add(a, b) { return a + b; }",
    `import { assertEquals, assertThrows } from "jsr:@std/assert@1";
import nodeTest, { describe as group, beforeEach } from "node:test";
import strict from "node:assert/strict";
import { join } from "node:path";
import { add as plus } from "./add.js";
Deno.test("steps", async (t) => {
  await t.step("one", () => assertEquals(plus(1, 2), 3));
  await t.step("two", async () => assertEquals([plus(1, 1)], [2]));
});
nodeTest("node", async (t) => { await t.test("sub", () => strict.deepEqual({ x: plus(1, 0) }, { x: 1 })); });
group("hooks", () => { let n = 0; beforeEach(() => n++); it("first", () => strict.equal(n, 1)); it("second", () => strict.equal(n, 2)); });
test("tape", (t) => { t.plan(2); t.equal(plus(1, 1), 2); t.deepEqual([plus(2, 2)], [4]); t.end(); });
it("done", (done) => setTimeout(() => done(plus(1, 1) === 2 ? undefined : new Error()), 10));
it("path", () => strict.equal(join("a", "b"), "a/b"));
it("throws", () => { assertThrows(() => { throw new TypeError("no"); }, TypeError, "no"); });`,
  );
});

Deno.test("runProgram() shares classes, instances, identity and changes", async () => {
  await assertPasses(
    `class Stack {
  #items = [];
  size = 0;
  static of(...items) { const stack = new Stack(); items.forEach((item) => stack.push(item)); return stack; }
  push(item) { this.#items.push(item); this.size++; return this; }
  get top() { return this.#items.at(-1); }
  set top(item) { this.#items[this.#items.length - 1] = item; }
  *[Symbol.iterator]() { yield* this.#items; }
}
class NotFound extends Error { name = "NotFound"; constructor(key) { super("no " + key); this.key = key; } }
function sortInPlace(list, compare) { return list.sort(compare); }
function find(map, key) { if (!map.has(key)) throw new NotFound(key); return map.get(key); }
const same = (x) => x;
const seen = [];
const remember = (x) => { seen.push(x); return seen; };`,
    `it("class", () => {
  const stack = Stack.of(1, 2);
  expect(stack).toBeInstanceOf(Stack);
  expect(stack.push(3)).toBe(stack);
  expect([stack.size, stack.top, [...stack]]).toEqual([3, 3, [1, 2, 3]]);
  stack.top = 9;
  expect(stack.top).toBe(9);
  class Named extends Stack { twice(x) { this.push(x); return this.push(x).size; } }
  expect(new Named().twice(1)).toBe(2);
});
it("mutation", () => {
  const list = [3, 1, 2];
  expect(sortInPlace(list, (a, b) => a - b)).toBe(list);
  expect(list).toEqual([1, 2, 3]);
  const item = { a: 1 };
  expect(remember(item)[0]).toBe(item);
  item.a = 2;
  expect(remember(null)).toEqual([{ a: 2 }, null]);
});
it("errors", () => {
  expect(find(new Map([["a", 1]]), "a")).toBe(1);
  expect(() => find(new Map(), "b")).toThrow(NotFound);
  try { find(new Map(), "b"); } catch (error) { expect([error.name, error.message, error.key]).toEqual(["NotFound", "no b", "b"]); }
});
it("values", () => {
  const odd = Symbol("odd");
  const view = new Uint16Array([1, 2, 3]).subarray(1);
  const value = { date: new Date(5), re: /a/gi, set: new Set([[1]]), big: 3n, nan: NaN, zero: -0, odd, hole: [, 1], view };
  const back = same(value);
  expect(back).toBe(value);
  expect(same(odd)).toBe(odd);
  expect(same({ ...value }).view).toBe(view);
});`,
  );
});

Deno.test("runProgram() lets time pass without waiting, in order across both processes", async () => {
  const started = performance.now();
  await assertPasses(
    `function debounce(run, ms) { let timer; return (...args) => { clearTimeout(timer); timer = setTimeout(() => run(...args), ms); }; }
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function retry(work, times) { for (;;) { try { return await work(); } catch (error) { if (--times === 0) throw error; await sleep(60_000); } } }`,
    `it("debounces", async () => {
  const run = vi.fn();
  const call = debounce(run, 1000);
  call(1); call(2);
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(run).not.toHaveBeenCalled();
  await new Promise((resolve) => setTimeout(resolve, 101));
  expect(run.mock.calls).toEqual([[2]]);
});
it("retries", async () => {
  let calls = 0;
  expect(await retry(async () => { if (++calls < 3) throw new Error("again"); return calls; }, 5)).toBe(3);
  await expect(retry(() => Promise.reject(new RangeError("never")), 2)).rejects.toThrow(RangeError);
}, 600_000);
it("aborts", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  await expect(new Promise((_, reject) => controller.signal.addEventListener("abort", () => reject(new Error("aborted"))))).rejects.toThrow("aborted");
});`,
  );
  assert.ok(performance.now() - started < 20_000);
});

Deno.test("runProgram() carries changed built-ins to the program, and none back", async () => {
  await assertPasses(
    "function dice() { return Math.floor(Math.random() * 6) + 1; } function harm() { Array.prototype.map = () => 'harmed'; Math.max = () => 7; }",
    `it("mocks", () => { const random = Math.random; Math.random = () => 0.5; expect(dice()).toBe(4); Math.random = random; });
it("stays whole", () => { harm(); expect([1].map((x) => x + 1)).toEqual([2]); expect(Math.max(1, 2)).toBe(2); });`,
  );
});

Deno.test("runProgram() says where an exception came from and which tests did not run", async () => {
  const failed = await run(
    "function first(list) {\n  return list[0].name;\n}",
    `it("empty", () => { first([]); });`,
  );
  assert.ok(failed.kind === "failed");
  assert.match(failed.tests[0]!.message, /^TypeError: Cannot read properties .* \(line 2\)$/);
  const endless = await run(
    "function spin() { for (;;); }",
    `it("a", () => {}); it("b", () => spin()); it("c", () => {});`,
    { limits: { wallMs: 1500 } },
  );
  assert.ok(endless.kind === "timeout");
  const messages = (tests: readonly TestResult[] = []) => tests.map((test) => test.message);
  assert.deepEqual(messages(endless.tests), ["", "did not finish", "did not run"]);
});

Deno.test("runProgram() never blames the program for the tests", async () => {
  const kinds = async (tests: string) => (await run("const f = () => 1;", tests)).kind;
  assert.equal(await kinds("it('a', () => {"), "unsupported");
  assert.equal(await kinds("import x from 'left-pad'; it('a', () => f());"), "unsupported");
  assert.equal(await kinds("const nothing = f();"), "unsupported");
});

Deno.test("runProgram() gives TypeScript and programs that throw their verdict", async () => {
  const source =
    "const enum Level { Low, High }\nconst isHigh = (level: Level): boolean => level === Level.High;";
  const typed = { language: "ts" } as const;
  await assertPasses(
    source,
    `it("x", () => { expect(isHigh(Level.High as number)).toBe(true); });`,
    typed,
  );
  const program = { kind: "program" } as const;
  await assertPasses("const f = () => 1;", "if (f() !== 1) throw new Error('wrong');", program);
  const verdict = await run(
    "const f = () => 2;",
    "if (f() !== 1) throw new Error('wrong');",
    program,
  );
  assert.deepEqual(verdict, {
    kind: "failed",
    tests: [{ name: "program", ok: false, message: "Error: wrong" }],
  });
});
