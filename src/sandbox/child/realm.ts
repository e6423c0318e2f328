/**
 * What stands in a fresh JavaScript realm before the candidate does: it calls the candidate and writes down its answers.
 *
 * Only texts pass between this realm and that of screen.ts, so that neither side holds an object of the other.
 *
 * @module
 */
import { describeError } from "./describe_error.ts";
import { decodeValue, type EncodedValue, encodeValue } from "../encoding.ts";

const { parse, stringify } = JSON;

/**
 * Calls a function with each list of arguments.
 *
 * @param calls Lists of encoded arguments, as JSON.
 * @returns A list of `{"value": ...}` and `{"error": ...}`, as JSON.
 */
export function answerCalls(entry: (...args: unknown[]) => unknown, calls: string): string {
  const answers: unknown[] = [];
  for (const args of parse(calls) as EncodedValue[][]) {
    try {
      answers.push({ value: encodeValue(entry(...args.map(decodeValue))) });
    } catch (error) {
      answers.push({ error: describeError(error) });
    }
  }
  return stringify(answers);
}
