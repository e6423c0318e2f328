import assert from "node:assert/strict";
import { main } from "../../workflows/judge.ts";

/** Runs the command in a process of its own, with the permissions of its set, and reads its last line. */
async function judge(files: Record<string, string>, ...args: string[]) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const paths = args.map((arg) => arg in files ? `${folder}/${arg}` : arg);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-prompt", `--allow-read=.,${folder}`]
        .concat(`--allow-run=prlimit,setpriv,unshare,${Deno.execPath()}`)
        .concat("workflows/judge.ts", ...paths, "--json"),
    }).output();
    const lines = new TextDecoder().decode(stdout).trim().split("\n");
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return JSON.parse(lines.at(-1)!);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("judge prints verdict and tests of call cases", async () => {
  const files = {
    "add.js": "function add(a, b) { return a - b; }",
    "cases.json": JSON.stringify({
      entry: "add",
      cases: [{ args: [1, 0], expected: 1 }, { args: [1, 2], expected: 3 }],
    }),
  };
  assert.deepEqual(await judge(files, "add.js", "--tests", "cases.json"), {
    verdict: "failed",
    passed: 1,
    total: 2,
    tests: [
      { name: "add(1, 0)", ok: true, message: "" },
      { name: "add(1, 2)", ok: false, message: "expected 3, received -1" },
    ],
  });
});

Deno.test("judge runs a suite that imports the program", async () => {
  const files = {
    "add.ts": "export const add = (a: number, b: number): number => a + b;",
    "add_test.ts": `import { assertEquals } from "@std/assert";
import { add } from "./add.ts";
Deno.test("adds", async (t) => {
  await t.step("small", () => assertEquals(add(1, 2), 3));
});`,
  };
  const { verdict, passed, total } = await judge(files, "add.ts", "--tests", "add_test.ts");
  assert.deepEqual({ verdict, passed, total }, { verdict: "passed", passed: 2, total: 2 });
});

Deno.test("judge lets program and tests import listed files beside them", async () => {
  const files = {
    "area.ts": `import { square } from "./lib/square.js";
export const area = (side: number) => square(side);`,
    "square.ts": "export const square = (x: number): number => x * x;",
    "samples.js": "export const samples = [[2, 4], [3, 9]];",
    "area_test.ts": `import { area } from "./area.ts";
import { samples } from "./samples.js";
for (const [side, expected] of samples) it(String(side), () => expect(area(side)).toBe(expected));`,
  };
  const { verdict, passed } = await judge(
    files,
    ...["area.ts", "--tests", "area_test.ts", "--files", "square.ts", "--files", "samples.js"],
  );
  assert.deepEqual({ verdict, passed }, { verdict: "passed", passed: 2 });
});

Deno.test("judge rejects a program that depends on chance when asked to run twice", async () => {
  const files = {
    "coin.js": "let n = 0; function coin() { return [Math.random(), n++].length; }",
    "dice.js": "function coin() { return String(Math.random()).slice(2, 12); }",
    "cases.json": JSON.stringify({ entry: "coin", cases: [{ args: [], expected: 2 }] }),
    "test.js": "const twice = [coin(), coin()]; if (twice[0] < '5') throw new Error('low');",
  };
  const steady = await judge(files, "coin.js", "--tests", "cases.json", "--twice");
  assert.equal(steady.verdict, "passed");
  const verdicts = new Set<string>();
  for (let attempt = 0; attempt < 12 && !verdicts.has("rejected"); attempt++) {
    verdicts.add((await judge(files, "dice.js", "--tests", "test.js", "--twice")).verdict);
  }
  assert.ok(verdicts.has("rejected"));
});

Deno.test("judge refuses bad input in one line", async () => {
  const refuses = (args: string[], message: RegExp) => assert.rejects(main(args), message);
  await refuses(
    ["notes.txt", "--tests", "x.js"],
    /ConfigError: Cannot judge "notes.txt": expected/,
  );
  await refuses(["nowhere.js", "--tests", "x.js"], /ConfigError: Cannot read file "nowhere.js"/);
  await refuses(["workflows/judge.ts"], /ConfigError: Cannot judge: tests: expected a file/);
  await refuses(
    ["workflows/judge.ts", "--tests", "deno.json"],
    /ConfigError: Cannot read tests "deno.json": entry: expected a name/,
  );
});
