/**
 * Deterministic words for what a program did wrong: no paths, no timings, nothing of the machine.
 *
 * @module
 */
import { trimText } from "./format.ts";

/** A thrown value as a child describes it. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Where in the candidate it was thrown, if that is known without the stack. */
  readonly place?: SourcePlace | null;
}

/** A place in the candidate's source, counted from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** Candidates are imported from a percent-encoded `data:` URL, which contains no colon and no space, or evaluated as one. */
const PLACE =
  /data:(?:text\/javascript|application\/typescript),[^\s:]*?(?:, <anonymous>)?:(\d+):(\d+)/;
const PLACES = new RegExp(PLACE, "g");
// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

/** The first place inside the candidate that a stack or message names. */
export function candidatePlace(text: string): SourcePlace | undefined {
  const match = PLACE.exec(text.replaceAll(COLOURS, ""));
  return match ? { line: Number(match[1]), column: Number(match[2]) } : undefined;
}

/** An error's name and message in one line, with the candidate's line it came from. */
export function formatThrown(thrown: Thrown, maxChars = 400): string {
  const message = thrown.message.replaceAll(COLOURS, "").replaceAll(PLACES, "line $1").trim();
  const text = [thrown.name, message].filter((part) => part !== "").join(": ");
  const place = thrown.place ?? candidatePlace(thrown.stack);
  return trimText(text, maxChars) + (place ? ` (line ${place.line})` : "");
}
