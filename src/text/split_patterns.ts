/**
 * Where a newly trained tokenizer may merge: inside a piece, never across.
 *
 * The same expressions are read by Oniguruma (`tokenizers`) and by JavaScript.
 *
 * @module
 */

/**
 * Binary operators with the spaces around them. A bug changes these, so they stand alone: the text on either side
 * keeps its tokens when `<` becomes `<=`.
 */
const OPERATOR = String.raw` (?:[<>]=?|[=!]==?|[-+*/%&|^]=?|\*\*|<<|>>>?|&&|\|\||\?\?) `;

/** A double-quoted string on one line. Its content is data, copied whole between program, tests and answer. */
const STRING = String.raw`"(?:[^"\\\n]|\\.)*"`;

/** Everything else up to the next piece, with the line breaks and indentation before it. */
const GLUE = String.raw`\n* *(?:(?!${OPERATOR}|${STRING})[^\n\p{N}])+`;

/**
 * The smallest units of code: line break with indentation, word, run of punctuation. A word owns the space behind it
 * where another word follows, punctuation the spaces around it, so that a name is written alike almost everywhere.
 */
const LEXEME = String.raw`\n+ *|[\p{L}_$]+(?: (?=[\p{L}_$]))?| ?[^\s\p{L}\p{N}_$]+ ?`;

/** Where pieces begin and end, and the lexemes that a merge may not straddle. */
export interface SplitRule {
  /** Pieces of the text, kept in `tokenizer.json`. */
  readonly split: string;
  /**
   * Lexemes inside a piece, used in training only: a token is a part of one lexeme or several whole ones in a row
   * (compare SuperBPE, Liu et al. 2025, arXiv:2503.13423). Undefined: merges are free inside a piece.
   */
  readonly lexeme?: string;
}

/** Name of a split pattern. */
export type SplitPattern = "code" | "line" | "word";

/** Split patterns by name. */
export const SPLIT_PATTERNS: Readonly<Record<SplitPattern, SplitRule>> = {
  /**
   * Code of a small model. Digits, operators and strings are pieces of their own; the words and punctuation between
   * them may merge, from a line break with its indentation on, so that `\n  for (let i = ` can be one token.
   */
  code: { split: String.raw`\p{N}|${OPERATOR}|${STRING}|${GLUE}|\n+`, lexeme: LEXEME },
  /** Whole lines, each with the line breaks and indentation before it; digits stand alone. */
  line: { split: String.raw`\p{N}|\n*[^\n\p{N}]+|\n+`, lexeme: LEXEME },
  /** The pattern of Qwen2 and Qwen3: words, digits, punctuation. */
  word: {
    split: String
      .raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  },
};
