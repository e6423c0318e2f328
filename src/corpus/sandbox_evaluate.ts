/**
 * Running batches of our own programs in the sandbox: many programs in one job, one call per program and input.
 *
 * The programs of a batch share a process, which is sound only because all of them are made here; a model's program
 * is always judged alone. A call's outcome comes back as a short text inside the case's message.
 *
 * @module
 */
import { SandboxError } from "../base/mod.ts";
import type { Sandbox } from "../sandbox/mod.ts";
import { COUNTER, withBudget } from "./budget.ts";
import type { Calls, Evaluate, Outcome } from "./evaluate.ts";

/** Steps (loop rounds and calls) that one call may take. */
const STEPS = 2000;

/** Endless calls after which a program is not called again. */
const STRIKES = 2;

/** Programs in one job. */
const BATCH = 120;

/** Longest value, as JSON, that comes back whole; see `isMark` for the others. */
const LONGEST = 80;

/** Limits of one job; far above what a batch needs. */
const LIMITS = { wallMs: 60_000, outputBytes: 64 * 2 ** 20 } as const;

/** Runs inside the sandbox before the programs: calls one program and writes its outcome as text. */
const PROLOGUE = `
let left = 0;
const strikes = {};
class Endless extends Error {}
const ${COUNTER} = () => { if (--left < 0) throw new Endless(); };
const write = (value) => JSON.stringify(value, (key, item) =>
  item === undefined || Object.is(item, -0) || (typeof item === "number" && !Number.isFinite(item))
    ? { $: Object.is(item, -0) ? "-0" : String(item) } : item);
const mark = (text) => {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return JSON.stringify({ $: "Mark", value: text.length + ":" + hash });
};
function writeOrMark(value) {
  try {
    return write(value);
  } catch {
    return mark("cycle");
  }
}
function run(program, args) {
  left = ${STEPS};
  if (strikes[program] >= ${STRIKES}) return "e";
  try {
    const text = writeOrMark(programs[program](...args));
    return "v" + (text.length > ${LONGEST} ? mark(text) : text).replaceAll('"', "\`");
  } catch (error) {
    if (error instanceof Endless) {
      strikes[program] = (strikes[program] || 0) + 1;
      return "e";
    }
    return "t" + (error.name + ": " + error.message).slice(0, 120).replaceAll('"', "\`");
  }
}
`;

/** The program as an expression in a function scope of its own, or nothing if it would not load in strict mode. */
function scoped(code: string): string | undefined {
  try {
    return `(() => { ${withBudget(code)}\nreturn f; })()`;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const PREFIX = "expected null, received ";

/** Reads the outcome that `run` wrote. */
function readOutcome(message: string): Outcome {
  if (!message.startsWith(PREFIX)) {
    throw new SandboxError(
      `Cannot evaluate a batch: expected an outcome, current message is ${message}`,
    );
  }
  const text = (JSON.parse(message.slice(PREFIX.length)) as string).replaceAll("`", '"');
  if (text[0] === "e") return { kind: "endless" };
  if (text[0] === "t") return { kind: "threw", message: text.slice(1) };
  return { kind: "value", value: JSON.parse(text.slice(1)) };
}

/** A program that loads, as an expression, with its inputs. */
interface Job {
  source: string;
  inputs: Calls["inputs"];
}

async function evaluateBatch(
  sandbox: Sandbox,
  jobs: readonly Job[],
): Promise<(Outcome[] | undefined)[]> {
  const source = `${PROLOGUE}const programs = [${jobs.map((job) => job.source).join(",\n")}];\n`;
  const cases = jobs.flatMap(({ inputs }, program) =>
    inputs.map((args) => ({ args: [program, args], expected: null }))
  );
  const verdict = await sandbox.runCases({
    source,
    language: "js",
    entry: "run",
    cases,
    limits: LIMITS,
  });
  if (verdict.kind !== "failed") {
    const found = JSON.stringify(verdict).slice(0, 200);
    throw new SandboxError(`Cannot evaluate a batch: expected outcomes, found ${found}`);
  }
  let at = 0;
  return jobs.map(({ inputs }) => {
    const outcomes = inputs.map(() => readOutcome(verdict.tests[at++]!.message));
    return outcomes.filter((o) => o.kind === "endless").length < STRIKES ? outcomes : undefined;
  });
}

/** Evaluation in a sandbox, as many batches at once as it has children. */
export function sandboxEvaluate(sandbox: Sandbox): Evaluate {
  return async (calls) => {
    const sources = calls.map(({ code }) => scoped(code));
    const jobs = calls.flatMap(({ inputs }, i) => {
      const source = sources[i];
      return source === undefined || inputs.length === 0 ? [] : [{ source, inputs }];
    });
    const batches: Job[][] = [];
    for (let i = 0; i < jobs.length; i += BATCH) batches.push(jobs.slice(i, i + BATCH));
    const results = await Promise.all(batches.map((batch) => evaluateBatch(sandbox, batch)));
    const outcomes = results.flat().values();
    return calls.map(({ inputs }, i) => {
      if (sources[i] === undefined) return undefined;
      return inputs.length === 0 ? [] : outcomes.next().value;
    });
  };
}
