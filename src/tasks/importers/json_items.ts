/**
 * The objects of a JSON file one by one, be the file one list, one object, or an object a line.
 *
 * Only brackets and strings are looked at, to find where an object ends; its text is not parsed here.
 *
 * @module
 */
import { readLines } from "../jsonl.ts";

/** The text of an outermost object, and where it begins. */
export interface JsonItem {
  readonly text: string;
  /** Line of its first character, counted from 1. */
  readonly line: number;
}

/** What matters for finding an object's end: strings (a line end is never inside one) and brackets. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|[{}]/g;

/**
 * Streams a file's outermost objects. One that is cut off by the file's end is given as far as it goes.
 *
 * @throws {ConfigError} If the file cannot be opened.
 */
export async function* readJsonItems(path: string): AsyncGenerator<JsonItem> {
  let number = 0;
  let depth = 0;
  let begun = 1;
  let text = "";
  for await (const line of readLines(path)) {
    number++;
    let from = 0;
    for (const match of line.matchAll(TOKEN)) {
      if (match[0] === "{" && depth++ === 0) {
        begun = number;
        from = match.index;
      } else if (match[0] === "}" && depth > 0 && --depth === 0) {
        yield { text: text + line.slice(from, match.index + 1), line: begun };
        text = "";
      }
    }
    if (depth > 0) text += `${line.slice(from)}\n`;
  }
  if (depth > 0) yield { text, line: begun };
}
