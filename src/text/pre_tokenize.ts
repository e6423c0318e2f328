/**
 * Cuts text into the pieces that BPE merges inside of, as a `tokenizer.json` says.
 *
 * Patterns are written for Oniguruma; the classes that mean something else in JavaScript are translated.
 *
 * @module
 */
import { CheckpointError } from "../base/mod.ts";
import type { PreTokenizerStep, TokenizerJson } from "./tokenizer_json.ts";

/** GPT-2's pattern, which a ByteLevel step applies unless told otherwise. */
const GPT2_PATTERN = String
  .raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/** Cuts one text into pieces whose concatenation is the text. */
export type PreTokenize = (text: string) => string[];

// In Oniguruma \s is Unicode's White_Space and \d any decimal digit; JavaScript's \s and \d are neither.
const CLASSES: Readonly<Record<string, string>> = {
  "\\s": "\\p{White_Space}",
  "\\S": "\\P{White_Space}",
  "\\d": "\\p{Nd}",
  "\\D": "\\P{Nd}",
};

/**
 * Translates an Oniguruma pattern to a global JavaScript expression.
 *
 * @throws {CheckpointError} If JavaScript cannot express the pattern.
 */
export function compilePattern(pattern: string): RegExp {
  const translated = pattern.replace(/\\[^]/g, (escape) => CLASSES[escape] ?? escape);
  try {
    return new RegExp(translated, "gu");
  } catch (cause) {
    throw new CheckpointError(`Cannot read tokenizer: pattern ${pattern} is not understood`, {
      cause,
    });
  }
}

/**
 * Builds the function that cuts text at a pattern: every match is a piece, and so is every gap between matches.
 *
 * @throws {CheckpointError} If JavaScript cannot express the pattern.
 */
export function compileCut(pattern: string): PreTokenize {
  const expression = compilePattern(pattern);
  return (text) => cut(text, expression);
}

function cut(text: string, pattern: RegExp): string[] {
  const pieces: string[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match[0].length === 0) continue;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push(match[0]);
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

function compileStep(step: PreTokenizerStep): PreTokenize {
  if (step.type === "Split") {
    const { pattern } = step;
    return compileCut("Regex" in pattern ? pattern.Regex : RegExp.escape(pattern.String));
  }
  const expression = step.use_regex ? compilePattern(GPT2_PATTERN) : undefined;
  return (text) => {
    const spaced = step.add_prefix_space && !text.startsWith(" ") ? ` ${text}` : text;
    return expression ? cut(spaced, expression) : [spaced];
  };
}

/**
 * Builds the function that cuts text as the tokenizer's `pre_tokenizer` says.
 *
 * @throws {CheckpointError} If one of its patterns cannot be expressed in JavaScript.
 */
export function compilePreTokenizer(spec: TokenizerJson["pre_tokenizer"]): PreTokenize {
  const steps = (spec.type === "Sequence" ? spec.pretokenizers : [spec]).map(compileStep);
  return (text) => steps.reduce<string[]>((pieces, step) => pieces.flatMap(step), [text]);
}
