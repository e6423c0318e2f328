/**
 * Deterministic words for what a program did wrong: no paths, no timings, nothing of the machine.
 *
 * @module
 */
import type { Encoded } from "./types.ts";

const MAX_DEPTH = 12;

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

/** Candidates are imported from a percent-encoded `data:` URL, which contains no colon and no space. */
const PLACE = /data:(?:text\/javascript|application\/typescript),[^\s:]*:(\d+):(\d+)/;
const PLACES = new RegExp(PLACE, "g");
// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

/** Cuts text to a number of characters and marks the cut. */
export function trimText(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, Math.max(0, maxChars - 1))}…`;
}

/** Writes an encoded value as one would in source code, cut to a number of characters. */
export function formatValue(value: Encoded, maxChars = 200): string {
  let left = maxChars + 1;
  function put(text: string): string {
    left -= text.length;
    return text;
  }
  function list(items: readonly Encoded[], depth: number): string {
    const parts: string[] = [];
    for (const item of items) {
      if (left <= 0) break;
      parts.push(format(item, depth));
    }
    return parts.join(put(", "));
  }
  function format(item: Encoded, depth: number): string {
    if (typeof item !== "object" || item === null) {
      return put(trimText(JSON.stringify(item), maxChars));
    }
    if (depth > MAX_DEPTH) return put("…");
    if (Array.isArray(item)) return put("[") + list(item, depth + 1) + put("]");
    const object = item as { readonly [key: string]: Encoded };
    if (typeof object.$ === "string") return tagged(object.$, object.value, depth);
    const parts: string[] = [];
    for (const key of Object.keys(object)) {
      if (left <= 0) break;
      parts.push(`${put(formatKey(key))}: ${format(object[key]!, depth + 1)}`);
    }
    return parts.length > 0 ? `{ ${parts.join(", ")} }` : "{}";
  }
  function tagged(tag: string, content: Encoded | undefined, depth: number): string {
    if (content === undefined) return put(tag);
    if (tag === "BigInt") return put(`${content}n`);
    if (tag === "RegExp") return put(String(content));
    if (tag === "Object" && Array.isArray(content)) {
      return format(Object.fromEntries(content as [string, Encoded][]), depth + 1);
    }
    return `${put(tag)}(${
      Array.isArray(content) ? list(content, depth + 1) : format(content, depth)
    })`;
  }
  return trimText(format(value, 0), maxChars);
}

function formatKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

/** Writes a call as in source code. */
export function formatCall(entry: string, args: readonly Encoded[], maxChars = 160): string {
  const each = Math.max(20, Math.floor(maxChars / Math.max(1, args.length)));
  return trimText(`${entry}(${args.map((arg) => formatValue(arg, each)).join(", ")})`, maxChars);
}

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
