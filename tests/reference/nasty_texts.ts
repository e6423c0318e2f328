/**
 * Texts that tokenizers disagree on.
 *
 * @module
 */

/** Unicode spaces, marks, numbers, contractions, line ends, control characters, near misses of control tokens. */
export const NASTY_TEXTS: readonly string[] = [
  "",
  " ",
  "  leading and trailing  ",
  "tabs\tand\t\tmore\r\nwindows\r\n\r\nlines\rold mac\n\n\n   \n x",
  "no\u00a0break\u1680ogham\u2003em\u2028line\u2029par\u202fnarrow\u205fmath\u3000ideographic",
  "next\u0085line zero\u200bwidth\u200cnon\u200djoiner word\u2060joiner \ufeffbom",
  "\u0000nul \u0001 \u001b[31mred\u001b[0m \u007f del",
  "it's IT'S they'RE we'Ve I'm you'll he'D 'twas rock'n'roll o'\u017f '\u017f 'K \u212aelvin",
  "don\u2019t curly \u2018quotes\u2019 and \u201cdouble\u201d \u2026 \u2013 \u2014",
  "caf\u00e9 cafe\u0301 \u212b \u00c5 A\u030a \u1e9b\u0323 \ufb01 \u2460 \uff21\uff22 \u1100\u1161\u11a8 \uac01",
  "\u0928\u092e\u0938\u094d\u0924\u0947 \u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd \u4f60\u597d\u4e16\u754c \u3053\u3093\u306b\u3061\u306f",
  "\ud83d\ude00\ud83d\udc69\u200d\ud83d\udcbb\ud83c\uddfa\ud83c\uddf3 \ud83c\udff3\ufe0f\u200d\ud83c\udf08 \u2764\ufe0f 1\ufe0f\u20e3 \ud835\udc9c\ud835\udfd8",
  "12345 3.14 1e-10 0xFF 1_000 \u0661\u0662\u0663 \u00b2\u00b3\u00b9 \u2167 \u00bd \u4e09 2nd v1.2.3",
  "a!b@c#d$e%f^g&h*i(j)k-l_m=n+o[p]q{r}s|t\\u;v:w'x\"y,z<1>2/3?`~",
  "!!! ??? ... --- === /* */ // # $$ ;;; \n!!!\n ???\r\n",
  'function f(xs) {\n  for (let i = 0; i <= xs.length - 1; i++) {\n    if (xs[i] !== 0 && i % 2 === 1) return -xs[i];\n  }\n  return "none \\"here\\"";\n}\n',
  'def f(n: int) -> str:\n\treturn f\'{n!r:>10}\' if n else """doc\n    string"""\n\n\n',
  'const s = "a  b" + \'c\' + `d ${e} "f`; // "unclosed\nlet t = "x\n";',
  "<|endoftext|>",
  "a<|im_start|>user\nhi<|im_end|> b<|im_start|><|im_end|><|endoftext|>",
  "<|endoftext|><|endoftext|<|endoftext||> <|im_ start|> <|IM_START|>",
  " <|im_end|>  <|im_end|>\n",
  "x".repeat(300),
  " ".repeat(70) + "y" + "\n".repeat(40) + "\t".repeat(9),
  "abcABC".repeat(60) + "0123456789".repeat(9),
  "https://example.org/a_b-c.d?e=f&g=%20h#i user@example.org C:\\dir\\file.txt",
  "Supercalifragilisticexpialidocious antidisestablishmentarianism",
];
