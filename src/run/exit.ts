/**
 * The one place that maps errors to exit codes: 0 success, 1 a failed goal or a fault, 2 bad input.
 *
 * @module
 */
import { CheckpointError, ConfigError } from "../base/mod.ts";
import { writeAll, writeNote } from "./output.ts";

/** A goal the person set was not met, for example `eval --min-fix-rate`. Exit code 1, no stack. */
export class GoalError extends Error {
  override readonly name = "GoalError";
  /** What the process ends with. */
  readonly exitCode = 1;
}

/** How a process ends. */
export interface Ending {
  /** 0, 1 or 2. */
  readonly exitCode: number;
  /** What is said about it. */
  readonly message: string;
}

/**
 * Runs a workflow as the process's program and ends the process if it throws.
 *
 * @param main The workflow; it gets the command line after the script's name.
 */
export async function runMain(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(Deno.args);
  } catch (error) {
    const { exitCode, message } = endingOf(error);
    if (exitCode === 0) writeAll(Deno.stdout, message);
    else writeNote(message);
    Deno.exit(exitCode);
  }
}

/**
 * What an error means for the process.
 *
 * Bad input ends with 2 and one line. An error that carries an `exitCode` (a failed goal, a request for help) ends with
 * it and its message. A path outside what the task may touch is bad input too. Anything else is a fault: 1 and the stack.
 */
export function endingOf(error: unknown): Ending {
  if (error instanceof ConfigError || error instanceof CheckpointError) {
    return { exitCode: 2, message: error.message };
  }
  if (!(error instanceof Error)) return { exitCode: 1, message: String(error) };
  if ("exitCode" in error && typeof error.exitCode === "number") {
    return { exitCode: error.exitCode, message: error.message };
  }
  if (error instanceof Deno.errors.NotCapable) {
    const what = error.message.replace(/, run again[^]*/, "");
    return { exitCode: 2, message: `${what}: name the path on the command line to permit it` };
  }
  return { exitCode: 1, message: faultText(error) };
}

/** The stack, and the stacks of what caused it. */
function faultText(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCaused by ${faultText(error.cause)}` : own;
}
