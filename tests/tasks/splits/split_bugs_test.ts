import assert from "node:assert/strict";
import {
  dataCard,
  nearDuplicates,
  PARTS,
  shinglesOf,
  splitBugs,
  type StandAloneBug,
} from "../../../src/tasks/mod.ts";

const about = { origin: "made up", license: "MIT" };

function bug(taskId: string, source: string, solution = solutionOf(taskId)): StandAloneBug {
  return {
    id: `${taskId}/${source}`,
    taskId,
    source,
    ...about,
    buggy: "function f() {}",
    task: {
      id: taskId,
      ...about,
      language: "js",
      entry: "f",
      problem: "",
      solution,
      tests: { kind: "cases", cases: [{ args: [], expected: 1 }] },
    },
  };
}

/** A program that shares few runs of tokens with those of other names. */
function solutionOf(name: string): string {
  return `function f(a) { const ${name} = a.${name}(); return ${name}.${name}(${name}, a); }`;
}

const NAMES = Array.from({ length: 20 }, (_, i) => `t${i}`);
const OPTIONS = { seed: 1, testShare: 0.25, validationShare: 0.1, everySource: true };
const tasksOf = (bugs: readonly StandAloneBug[]) => new Set(bugs.map(({ taskId }) => taskId));

Deno.test("nearDuplicates() groups programs whatever their layout, and chains", () => {
  const steps = Array.from({ length: 9 }, (_, i) => `if (x > ${i}) sum += x * ${i};`).join("\n");
  const long = (last: string) =>
    `function f(xs) { let sum = 0; for (const x of xs) { ${steps} } ${last} return sum; }`;
  const program = (taskId: string, code: string) => ({ taskId, code, language: "js" as const });
  const programs = [
    program("a", long("")),
    program("b", solutionOf("b")),
    program("c", "// a remark\n" + long("sum += 1;").replaceAll(" {", "\n{")),
    program("d", long("sum += 1; sum -= 3;")),
  ];
  assert.deepEqual(nearDuplicates(programs), [["a", "c", "d"], ["b"]]);
  assert.equal(shinglesOf({ code: "f(;", language: "js" }).size, 1);
});

Deno.test("splitBugs() tests tasks that have every source, each task in one part", () => {
  const bugs = NAMES.flatMap((name, i) =>
    i % 2 ? [bug(name, "human"), bug(name, "lm:a")] : [bug(name, "human")]
  );
  const { parts, refused, sources } = splitBugs(bugs, OPTIONS);
  assert.deepEqual(refused, []);
  assert.deepEqual(sources, ["human", "lm:a"]);
  assert.deepEqual(PARTS.map((part) => tasksOf(parts[part]).size), [5, 2, 13]);
  assert.equal(parts.test.length, 10);
  assert.equal(new Set(PARTS.flatMap((part) => [...tasksOf(parts[part])])).size, 20);
  assert(PARTS.every((part) => parts[part].every(({ task }) => task.split === part)));
  assert.deepEqual(splitBugs(bugs, OPTIONS).parts, parts);
  assert.notDeepEqual(splitBugs(bugs, { ...OPTIONS, seed: 2 }).parts.test, parts.test);
});

Deno.test("splitBugs() leaves out what is nearly the same as a tested task", () => {
  const bugs = [
    bug("t1", "human"),
    bug("t1", "lm:a"),
    bug("copy", "human", `${solutionOf("t1")} // copied`),
    bug("t2", "human"),
  ];
  const split = splitBugs(bugs, { ...OPTIONS, testShare: 0.7, validationShare: 0 });
  assert.deepEqual(split.refused, [{ taskId: "copy", like: "t1" }]);
  assert.deepEqual(PARTS.map((part) => split.parts[part].map(({ id }) => id)), [
    ["t1/human", "t1/lm:a"],
    [],
    ["t2/human"],
  ]);
  const card = dataCard("Small", split);
  assert.match(card, /every tested task has a bug of every source/);
  assert.match(card, /\| test \| 1 \| 2 \| 1 \| 1 \|/);
  assert.match(card, /\| js \| made up \| MIT \| 3 \|/);
  assert.match(card, /- copy, nearly the same as t1/);
});

Deno.test("splitBugs() tests tasks without every source where that is allowed, and the card says no more", () => {
  const bugs = NAMES.map((name, i) => bug(name, i % 2 ? "human" : "lm:a"));
  const split = splitBugs(bugs, { ...OPTIONS, everySource: false });
  assert.deepEqual(PARTS.map((part) => tasksOf(split.parts[part]).size), [5, 2, 13]);
  assert.doesNotMatch(dataCard("Mixed", split), /every source/);
});

Deno.test("splitBugs() refuses bugs of which no task has every source", () => {
  assert.throws(() => splitBugs([bug("t1", "human"), bug("t2", "lm:a")], OPTIONS), {
    name: "ConfigError",
    message: /every source \(human, lm:a\), found none; --no-every-source/,
  });
});
