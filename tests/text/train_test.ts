import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { BYTE_CHARS } from "../../src/text/byte_alphabet.ts";
import { learnMerges } from "../../src/text/learn_merges.ts";
import { trainTokenizer } from "../../src/text/mod.ts";

/** Random words over four letters, so that ties and overlapping pairs abound; a few lexeme boundaries. */
function randomWords(seed: number, boundaries: boolean) {
  const rng = rngStream(seed, "words");
  return Array.from({ length: 60 }, () => {
    const ids = Array.from({ length: 1 + rng.int(14) }, () => rng.int(4));
    const starts = ids.map((_, i) => i === 0 || (boundaries && rng.int(3) === 0));
    return { ids, starts, count: 1 + rng.int(3) };
  });
}

/** The definition of the merge loop: count everything anew before each merge. */
function naiveMerges(words: ReturnType<typeof randomWords>, base: string[], steps: number) {
  const tokens = [...base];
  const merges: [string, string][] = [];
  while (merges.length < steps) {
    const counts = new Map<string, number>();
    for (const { ids, starts, count } of words) {
      for (let i = 0; i + 1 < ids.length; i++) {
        if (starts[i + 1] && !(starts[i] && (starts[i + 2] ?? true))) continue;
        const key = `${ids[i]},${ids[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    }
    const ranked = [...counts].map(([key, count]) => ({ pair: key.split(",").map(Number), count }))
      .sort((x, y) => y.count - x.count || x.pair[0]! - y.pair[0]! || x.pair[1]! - y.pair[1]!);
    if (!ranked[0] || ranked[0].count < 2) break;
    const [a, b] = ranked[0].pair as [number, number];
    merges.push([tokens[a]!, tokens[b]!]);
    const made = tokens[a]! + tokens[b]!;
    const id = tokens.includes(made) ? tokens.indexOf(made) : tokens.push(made) - 1;
    for (const word of words) {
      for (let i = 0; i + 1 < word.ids.length; i++) {
        if (word.ids[i] !== a || word.ids[i + 1] !== b) continue;
        word.ids.splice(i, 2, id);
        word.starts.splice(i + 1, 1);
      }
    }
  }
  return merges;
}

Deno.test("learnMerges() finds the merges that counting anew would find", () => {
  const base = ["a", "b", "c", "d"];
  for (const boundaries of [false, true]) {
    for (let seed = 0; seed < 20; seed++) {
      const { merges } = learnMerges(randomWords(seed, boundaries), base, {
        vocabSize: 30,
        maxTokenLength: 1000,
      });
      const naive = naiveMerges(randomWords(seed, boundaries), base, merges.length);
      assert.deepEqual(merges, naive, `seed ${seed}`);
      assert.ok(merges.length > 5);
    }
  }
});

const LINES = ["i < xs.length", "i <= ys.length", "i < n", "sum + total", "sum - total"];
const TEXT = LINES.map((test, i) =>
  `\n  for (let i = ${i}; ${test}; i++) {\n    sum += "abc abc"\n`
)
  .join("").repeat(4);

Deno.test("trainTokenizer() keeps digits, operators and strings apart from the code around them", () => {
  const tokenizer = trainTokenizer([TEXT], { vocabSize: 600, pattern: "code" });
  assert.ok(tokenizer.vocabSize < 600, "merging stops when no pair occurs twice");
  const tokens = (text: string) => tokenizer.encode(text).map((id) => tokenizer.decode([id]));
  assert.deepEqual(tokens("\n\n  for (let i = 12; i < n"), [
    "\n\n  for (let i = ",
    "1",
    "2",
    "; i",
    " < ",
    "n",
  ]);
  assert.deepEqual(tokens("; i <= n; i++) {"), ["; i", " <= ", "n; i++) {"]);
  assert.deepEqual(tokens('x"abc abc"y'), ["x", '"abc abc"', "y"]);
});

Deno.test("trainTokenizer() makes tokens no longer than maxTokenLength", () => {
  const tokenizer = trainTokenizer([TEXT], { vocabSize: 600, maxTokenLength: 6 });
  const lengths = Object.keys(tokenizer.toJson().model.vocab).map((token) => token.length);
  assert.equal(Math.max(...lengths), 6);
});

Deno.test("trainTokenizer() is deterministic and fills the vocabulary exactly", () => {
  const options = { vocabSize: 300, specials: ["<|end|>"] };
  const one = trainTokenizer([TEXT], options);
  assert.deepEqual(one.toJson(), trainTokenizer([TEXT], options).toJson());
  assert.equal(one.vocabSize, 300);
  assert.equal(one.id("<|end|>"), 0);
  assert.throws(
    () => trainTokenizer([TEXT], { vocabSize: 256, specials: ["<|end|>"] }),
    /RangeError: Cannot train tokenizer: vocabSize must be at least 257, current value is 256/,
  );
  assert.throws(
    () => trainTokenizer([TEXT], { vocabSize: 300, specials: ["a"] }),
    /RangeError: Cannot train tokenizer: expected distinct control tokens/,
  );
});

Deno.test("BYTE_CHARS gives each byte a printable character of its own", () => {
  assert.equal(new Set(BYTE_CHARS).size, 256);
  assert.equal(BYTE_CHARS[0x20], "Ġ");
  assert.equal(BYTE_CHARS[0x0a], "Ċ");
  assert.ok(BYTE_CHARS.every((char) => /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(char)));
});
