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

/** Longest value, as JSON, that comes back whole; a longer one comes back as a mark of its length and hash. */
const LONGEST = 80;

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
  return JSON.stringify({ $: "long", value: text.length + ":" + hash });
};
function run(program, args) {
  left = ${STEPS};
  if (strikes[program] >= ${STRIKES}) return "e";
  try {
    const text = write(programs[program](...args));
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

async function evaluateBatch(
  sandbox: Sandbox,
  batch: readonly Calls[],
): Promise<(Outcome[] | undefined)[]> {
  const sources = batch.map(({ code }) => scoped(code));
  const source = `${PROLOGUE}const programs = [${
    sources.map((text) => text ?? "undefined").join(",\n")
  }];\n`;
  const cases = batch.flatMap(({ inputs }, program) =>
    sources[program] === undefined
      ? []
      : inputs.map((args) => ({ args: [program, args], expected: null }))
  );
  const limits = { wallMs: 60_000, memoryMb: 512, outputBytes: 64 * 2 ** 20 };
  const verdict = await sandbox.runCases({ source, language: "js", entry: "run", cases, limits });
  if (verdict.kind !== "failed") {
    throw new SandboxError(
      `Cannot evaluate a batch: the sandbox says ${JSON.stringify(verdict).slice(0, 200)}`,
    );
  }
  let at = 0;
  return batch.map(({ inputs }, program) => {
    if (sources[program] === undefined) return undefined;
    const outcomes = inputs.map(() => readOutcome(verdict.tests[at++]!.message));
    return outcomes.filter((o) => o.kind === "endless").length < STRIKES ? outcomes : undefined;
  });
}

/** Evaluation in a sandbox, several batches at once. */
export function sandboxEvaluate(sandbox: Sandbox): Evaluate {
  return async (calls) => {
    const batches: Calls[][] = [];
    for (let i = 0; i < calls.length; i += BATCH) batches.push(calls.slice(i, i + BATCH));
    const results = await Promise.all(batches.map((batch) => evaluateBatch(sandbox, batch)));
    return results.flat();
  };
}
