/**
 * QuixBugs (Lin et al. 2017): a checkout of the repository, of which the Python programs are read.
 *
 * `python_programs/NAME.py` has the bug and, as a string at its end, the description; `correct_python_programs/NAME.py`
 * is right; `json_testcases/NAME.json` holds a case a line, `[arguments, expected]`. Programs on graphs have no cases
 * but functions in `python_testcases/test_NAME.py`, which build their graphs of `node.py`.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../../base/mod.ts";
import { encodeValue } from "../../sandbox/mod.ts";
import type { CallCase, Encoded, TestSpec } from "../types.ts";
import {
  convertRecord,
  type ImportDefaults,
  type ImportedRecord,
  ImportReason,
  type Refusal,
  refuse,
  type StandAloneBug,
} from "./record.ts";

const caseLine = z.tuple([z.json(), z.json()]);

/** The string at the end of a program. */
const DESCRIPTION = /\n\s*"""([^]*?)"""\s*$/;

/** What a test file begins with: which of the two programs it is to import. */
const CHOICE = /^if pytest\.use_correct:\n(?: +.*\n)+else:\n(?: +.*\n)+/m;
const NODE_IMPORT = /^(?:from node import Node|import pytest)\s*$/gm;
const TOLERANCE = "pytest.approx(expected, abs=input_data[-1])";
const TEST_FUNCTION = /^def (test\w*)\(\):/gm;

/** The files of one bug. */
const Program = z.object({
  name: z.string(),
  buggy: z.string().min(1),
  fixed: z.string("expected a correct program").min(1),
  cases: z.string().optional(),
  tests: z.string().optional(),
  node: z.string().optional(),
});
type Program = z.output<typeof Program>;

/**
 * Reads a checkout, a program at a time, by name.
 *
 * @throws {ConfigError} If there is no folder of Python programs.
 */
export async function* importQuixBugs(
  root: string,
  defaults: ImportDefaults,
): AsyncGenerator<ImportedRecord> {
  const node = await readIfThere(`${root}/python_programs/node.py`);
  for (const name of await programNames(root)) {
    const place = `${root}/python_programs/${name}.py`;
    const program = {
      name,
      buggy: await readIfThere(place),
      fixed: await readIfThere(`${root}/correct_python_programs/${name}.py`),
      cases: await readIfThere(`${root}/json_testcases/${name}.json`),
      tests: await readIfThere(`${root}/python_testcases/test_${name}.py`),
      node,
    };
    const outcome = convertRecord(Program, program, (files) => toBug(files, defaults));
    yield { place, outcome };
  }
}

async function programNames(root: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(`${root}/python_programs`)) {
      const [, program] = /^(\w+)\.py$/.exec(name) ?? [];
      if (program && !/^node$|^__|_test$/.test(program)) names.push(program);
    }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`Cannot read ${root}: expected a checkout of QuixBugs, ${why}`, {
      cause,
    });
  }
  return names.sort();
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function toBug(program: Program, defaults: ImportDefaults): StandAloneBug | Refusal {
  const { name } = program;
  const tests = testsOf(program);
  if ("reason" in tests) return tests;
  const about = { origin: "jkoppel/QuixBugs", license: defaults.license || "MIT" };
  const taskId = `quixbugs/${name}`;
  const source = defaults.source || "human";
  return {
    id: `${taskId}/${source}`,
    taskId,
    source,
    ...about,
    buggy: withoutDescription(program.buggy),
    task: {
      id: taskId,
      ...about,
      language: "py",
      entry: name,
      problem: DESCRIPTION.exec(program.buggy)?.[1]?.trim() ?? name.replaceAll("_", " "),
      solution: withoutDescription(program.fixed),
      tests,
    },
  };
}

function withoutDescription(code: string): string {
  return code.replace(DESCRIPTION, "").trim() + "\n";
}

/** Cases if there are any, else the test functions. */
function testsOf({ name, cases, tests, node }: Program): TestSpec | Refusal {
  if (cases !== undefined) {
    const spec = readCases(name, cases);
    return "cases" in spec && tests?.includes(TOLERANCE) ? withTolerance(name, spec.cases) : spec;
  }
  if (tests === undefined) return refuse(ImportReason.NO_TESTS, "no cases and no test functions");
  const body = tests.replace(CHOICE, "").replaceAll(NODE_IMPORT, "");
  const calls = [...body.matchAll(TEST_FUNCTION)].map(([, test]) => `${test}()\n`);
  if (calls.length === 0) return refuse(ImportReason.NO_TESTS, "no test functions");
  return { kind: "program", text: [node ?? "", body.trim(), calls.join("")].join("\n\n") };
}

/** Cases of a program whose last argument says how exact it has to be. */
function withTolerance(name: string, cases: readonly CallCase[]): TestSpec {
  const data = JSON.stringify(JSON.stringify(cases.map(({ args, expected }) => [args, expected])));
  const text = `import json

for args, expected in json.loads(${data}):
    received = ${name}(*args)
    assert abs(received - expected) <= args[-1], f"${name}{tuple(args)}: expected {expected}, received {received}"
`;
  return { kind: "program", text };
}

/** A line's arguments are a list, or a value that is the only one. */
function readCases(name: string, text: string): TestSpec | Refusal {
  const cases: CallCase[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const found = parseCase(line);
    if (!found) {
      return refuse(ImportReason.MALFORMED, `json_testcases/${name}.json:${index + 1}: no case`);
    }
    const [args, expected] = found;
    cases.push({
      args: (Array.isArray(args) ? args : [args]).map((arg) => encodeValue(arg) as Encoded),
      expected: encodeValue(expected) as Encoded,
    });
  }
  return { kind: "cases", cases };
}

function parseCase(line: string): z.output<typeof caseLine> | undefined {
  try {
    return caseLine.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
