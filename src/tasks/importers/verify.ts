/**
 * Whether an imported bug holds: the fixed program passes its tests and the buggy one does not.
 *
 * @module
 */
import { trimText, type Verdict } from "../../sandbox/mod.ts";
import type { RunTests } from "../gate/mod.ts";
import { observeFirst } from "../observe.ts";
import { ImportReason, type Refusal, refuse, type StandAloneBug } from "./record.ts";

const MAX_DETAIL = 300;

/**
 * Runs both programs of a bug.
 *
 * Running out of time or memory is a failure of the buggy program: endless loops are bugs that people make.
 *
 * @param run Runs a program against tests, in the sandbox.
 * @param wallMs Time limit of the buggy program, milliseconds; the fixed one gets twice as much.
 * @returns Why the bug does not hold; undefined if it does.
 * @throws {SandboxError} If the sandbox cannot run anything.
 */
export async function verifyBug(
  { task, buggy }: StandAloneBug,
  run: RunTests,
  wallMs: number,
): Promise<Refusal | undefined> {
  const fixed = { ...task, code: task.solution };
  for (const tests of task.hiddenTests ? [task.tests, task.hiddenTests] : [task.tests]) {
    const verdict = await run(fixed, tests, { limits: { wallMs: 2 * wallMs } });
    if (verdict.kind === "unsupported") return refuse(ImportReason.UNSUPPORTED, verdict.reason);
    if (verdict.kind !== "passed") return refuse(ImportReason.FIXED_FAILS, detailOf(verdict));
  }
  return refusalOf(await run({ ...task, code: buggy }, task.tests, { limits: { wallMs } }));
}

/** Why a verdict does not make its program a bug. */
function refusalOf(verdict: Verdict): Refusal | undefined {
  switch (verdict.kind) {
    case "failed":
    case "timeout":
    case "out-of-memory":
    case "crashed":
      return undefined;
    case "passed":
      return refuse(ImportReason.BUGGY_PASSES, `passes all ${verdict.tests.length} tests`);
    case "rejected":
      return refuse(ImportReason.BUGGY_BROKEN, detailOf(verdict));
    case "unsupported":
      return refuse(ImportReason.UNSUPPORTED, verdict.reason);
  }
}

function detailOf(verdict: Verdict): string {
  return trimText(`${verdict.kind}: ${observeFirst(verdict)}`, MAX_DETAIL);
}
