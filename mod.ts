/**
 * Kedge: code-repair language models trained by anchored self-play on any GPU that speaks WebGPU.
 *
 * The commands (`deno task train`, `eval`, `judge`, …) are the usual way in; this module is for programs that want the
 * parts: judge an untrusted program, open a model, sample from it, measure it, or train it a round at a time.
 *
 * @module
 */
import { SandboxConfig } from "./src/config/mod.ts";
import { type Limits, Sandbox, type Verdict } from "./src/sandbox/mod.ts";
import { type Candidate, judge as judgeIn, type TestSpec } from "./src/tasks/mod.ts";

export {
  type Bench,
  type BenchItem,
  evaluate,
  readBench,
  summarizeEvaluation,
} from "./src/bench/mod.ts";
export { TrainConfig } from "./src/config/mod.ts";
export { type Gpu, openGpu } from "./src/gpu/mod.ts";
export type { Completion, SampleSettings } from "./src/sample/mod.ts";
export { openPolicy, openTraining, type Policy, type TrainingSession } from "./src/session/mod.ts";
export { type Bug, readBugs, readTasks, type Task } from "./src/tasks/mod.ts";
export { type Candidate, type Limits, Sandbox, type TestSpec, type Verdict };

/**
 * Runs one untrusted program against tests in a sandbox of its own.
 *
 * For many programs open a {@linkcode Sandbox} once: it keeps children booted and remembers verdicts.
 *
 * @param program Code, language and entry.
 * @param tests Call cases, a test program, or a suite.
 * @param limits Wall-clock and memory limits; the defaults are those of the `sandbox` section.
 * @throws {SandboxError} If the sandbox cannot run at all; never because of the program.
 */
export async function judge(
  program: Candidate,
  tests: TestSpec,
  limits: Partial<Limits> = {},
): Promise<Verdict> {
  await using sandbox = await Sandbox.open(SandboxConfig.parse({ children: 1 }));
  return await judgeIn(sandbox, program, tests, { limits });
}
