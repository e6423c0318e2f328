/**
 * Call cases out of the examples of a LeetCode problem: `Input: nums = [2,7], target = 9` and `Output: [0,1]`.
 *
 * @module
 */
import { encodeValue } from "../../sandbox/mod.ts";
import type { CallCase, Encoded } from "../types.ts";

const INPUT = /Input\s*:?\s*([^]*?)\s*Output\s*:/i;
const OUTPUT = /Output\s*:\s*([^\n]*)/i;
const NAME = /(?:^|,)\s*([A-Za-z_]\w*)\s*=\s*/g;

/**
 * Reads one example.
 *
 * @returns The case, or undefined if a value is not JSON (a drawing, a list of calls, several answers).
 */
export function readExample(text: string): CallCase | undefined {
  const input = INPUT.exec(text)?.[1];
  const output = OUTPUT.exec(text)?.[1];
  if (input === undefined || output === undefined) return undefined;
  try {
    const args = splitArguments(input).map((value) => encodeValue(JSON.parse(value)) as Encoded);
    return { args, expected: encodeValue(JSON.parse(output.trim())) as Encoded };
  } catch {
    return undefined;
  }
}

/** The texts of the values, in order. A name that stands inside a string is none. */
function splitArguments(input: string): string[] {
  const hidden = input.replaceAll(/"(?:[^"\\]|\\.)*"/g, (string) => "_".repeat(string.length));
  const names = [...hidden.matchAll(NAME)];
  if (names.length === 0) return [input.trim()];
  return names.map((match, i) =>
    input.slice(match.index + match[0].length, names[i + 1]?.index ?? input.length).trim()
  );
}
