/**
 * Finds control tokens such as `<|endoftext|>` in text.
 *
 * @module
 */
import type { AddedToken } from "./tokenizer_json.ts";

/** A stretch of plain text, or the id of an added token. */
export type Segment = string | number;

function pattern({ content, lstrip, rstrip }: AddedToken): string {
  const space = "\\p{White_Space}*";
  return `${lstrip ? space : ""}${RegExp.escape(content)}${rstrip ? space : ""}`;
}

/**
 * Builds the function that splits text at added tokens; where several match, the longest wins.
 *
 * @param tokens The tokens to look for.
 */
export function compileSplitter(tokens: readonly AddedToken[]): (text: string) => Segment[] {
  if (tokens.length === 0) return (text) => [text];
  const longestFirst = [...tokens].sort((a, b) => b.content.length - a.content.length);
  const expression = new RegExp(longestFirst.map((t) => `(${pattern(t)})`).join("|"), "gu");
  return (text) => {
    const segments: Segment[] = [];
    let end = 0;
    for (const match of text.matchAll(expression)) {
      if (match.index > end) segments.push(text.slice(end, match.index));
      const which = match.findIndex((group, i) => i > 0 && group !== undefined) - 1;
      segments.push(longestFirst[which]!.id);
      end = match.index + match[0].length;
    }
    if (end < text.length) segments.push(text.slice(end));
    return segments;
  };
}
