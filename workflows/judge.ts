/**
 * Judges one program by its tests in the sandbox and prints the verdict.
 *
 * Call cases are JSON, `{"entry": "add", "cases": [{"args": [1, 2], "expected": 3}]}`; any other test file is a program
 * that throws on failure, or a suite (`Deno.test`, `node:test`, describe/it/expect, `unittest`).
 *
 *   deno task judge add.js --tests add_test.json --json
 *
 * @module
 */
import { ConfigError } from "../src/base/mod.ts";
import { JudgeConfig, readConfig } from "../src/config/mod.ts";
import { runMain, writeResult } from "../src/run/mod.ts";
import {
  type CallCase,
  isSuite,
  languageOf,
  readCallCases,
  Sandbox,
  verdictSummary,
} from "../src/sandbox/mod.ts";

/** Prints the verdict; a program that fails is a result, not an error. */
export async function main(args: readonly string[]): Promise<void> {
  const { config, positionals, json } = await readConfig(JudgeConfig, args);
  const [file = ""] = positionals;
  const language = languageOf(file);
  if (!language) throw new ConfigError(`Cannot judge "${file}": expected a .js, .ts or .py file`);
  const source = await readFile(file);
  const tests = await readFile(config.tests);
  await using sandbox = await Sandbox.open(config.sandbox);
  const files: Record<string, string> = {};
  for (const path of config.files) files[path.split("/").at(-1)!] = await readFile(path);
  const shared = { source, language, files, runs: config.twice ? 2 : 1 };
  const verdict = config.tests.endsWith(".json")
    ? await sandbox.runCases({ ...shared, ...callCases(config, tests) })
    : await sandbox.runProgram({
      ...shared,
      tests,
      kind: isSuite(tests) ? "suite" : "program",
      ...(config.entry && { entry: config.entry }),
    });
  const value = verdictSummary(verdict);
  const failures = value.tests.filter((test) => !test.ok)
    .map((test) => `  ${test.name}: ${test.message}`);
  const head = `${value.verdict}: ${value.passed} of ${value.total} tests passed`;
  const reason = value.reason === undefined ? [] : [`  ${value.reason}`];
  writeResult({ value, text: [head, ...reason, ...failures].join("\n") }, json);
}

function callCases(
  config: JudgeConfig,
  text: string,
): { readonly entry: string; readonly cases: readonly CallCase[] } {
  try {
    const { entry, cases } = readCallCases(text);
    return { entry: config.entry || entry, cases };
  } catch (cause) {
    throw new ConfigError(`Cannot read tests "${config.tests}": ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function readFile(path: string): Promise<string> {
  if (path === "") throw new ConfigError("Cannot judge: tests: expected a file (--tests FILE)");
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new ConfigError(`Cannot read file "${path}": ${(cause as Error).message}`, { cause });
  }
}

if (import.meta.main) await runMain(main);
