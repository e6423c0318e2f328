import assert from "node:assert/strict";
import {
  createTokenizer,
  readTokenizer,
  type Tokenizer,
  trainTokenizer,
} from "../../src/text/mod.ts";

const SPECIALS = ["<|endoftext|>", "<|fix|>", "<|answer|>"];

const CODE = `function total(xs) {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) {
    sum += xs[i];
  }
  return sum;
}
`;

function train(vocabSize = 340): Tokenizer {
  const other = CODE.replaceAll("sum", "acc").replace("<", "<=");
  return trainTokenizer([CODE, other, CODE], { vocabSize, specials: SPECIALS });
}

const NASTY = [
  "",
  " ",
  "\n\n  \t x",
  "naïve café Ångström ﬁ",
  "日本語と한국어 العربية हिन्दी",
  "👩‍👩‍👧‍👦 🏳️‍🌈",
  "a\u0000b\u007f\u0085\u200b\ufeff\u2028",
  "x".repeat(5000),
  '"unclosed \\" string\nnext',
  "1234567890 3.14e-10 0xff",
  "<|endoftext|><|fix|",
];

Deno.test("encode() and decode() round-trip any text", () => {
  const tokenizer = train();
  for (const text of [...NASTY, CODE]) {
    assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
    assert.equal(
      tokenizer.decode(tokenizer.encode(text, { specials: true }), { specials: true }),
      text,
    );
  }
});

Deno.test("encode() recognises control tokens only when asked to", () => {
  const tokenizer = train();
  const text = "<|fix|>x<|endoftext|>";
  const plain = tokenizer.encode(text);
  assert.ok(plain.every((id) => id >= SPECIALS.length), "plain text gave a control token");
  const [fix, x, end, ...rest] = tokenizer.encode(text, { specials: true });
  assert.deepEqual([fix, end, rest], [1, 0, []]);
  assert.deepEqual([x], tokenizer.encode("x"));
});

Deno.test("trainTokenizer() never learns a merge that spells a control token", () => {
  const texts = Array.from({ length: 20 }, () => "<|fix|>a<|answer|>b<|endoftext|>");
  const tokenizer = trainTokenizer(texts, { vocabSize: 400, specials: SPECIALS, pattern: "line" });
  for (const special of SPECIALS) {
    assert.ok(!tokenizer.encode(special).includes(tokenizer.id(special)));
  }
});

Deno.test("decode() leaves control tokens out unless asked to, and replaces broken UTF-8", () => {
  const tokenizer = train();
  assert.equal(tokenizer.decode([1, ...tokenizer.encode("é"), 0]), "é");
  assert.equal(tokenizer.decode([1, 0], { specials: true }), "<|fix|><|endoftext|>");
  const bytes = tokenizer.encode("日"); // three byte tokens
  assert.equal(bytes.length, 3);
  assert.equal(tokenizer.decode(bytes.slice(0, 2)), "\ufffd");
  assert.equal(tokenizer.decode([...bytes.slice(1), ...tokenizer.encode("a")]), "\ufffd\ufffda");
  assert.throws(() => tokenizer.decode([100000]), /^RangeError: Cannot decode token 100000/);
});

Deno.test("encode() counts a lone surrogate as U+FFFD", () => {
  const tokenizer = train();
  assert.equal(tokenizer.decode(tokenizer.encode("a\ud800b")), "a\ufffdb");
});

Deno.test("createTokenizer() names the field that is wrong", () => {
  const json = JSON.parse(JSON.stringify(train().toJson()));
  const fails = (change: (copy: typeof json) => void, message: RegExp) => {
    const copy = structuredClone(json);
    change(copy);
    assert.throws(() => createTokenizer(copy, "m/tokenizer.json"), (error: Error) => {
      assert.equal(error.name, "CheckpointError");
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  };
  fails((c) => c.model.type = "Unigram", /m\/tokenizer.json: model.type/);
  fails((c) => c.model.merges.push(["nope", "x"]), /model.merges: \["nope","x"\]/);
  fails((c) => delete c.model.vocab["a"], /model.merges|byte 97 has no token/);
  fails((c) => c.normalizer = { type: "Lowercase" }, /normalizer/);
  fails((c) => c.pre_tokenizer = { type: "Whitespace" }, /pre_tokenizer/);
  fails((c) => c.added_tokens[0].single_word = true, /added_tokens.0.single_word/);
  fails((c) => c.pre_tokenizer.pretokenizers[0].pattern.Regex = "(?<", /pattern \(\?</);
});

Deno.test("toJson() gives back what createTokenizer() was given", () => {
  const json = JSON.parse(JSON.stringify(train().toJson()));
  json.post_processor = { type: "ByteLevel", add_prefix_space: false };
  assert.deepEqual(JSON.parse(JSON.stringify(createTokenizer(json).toJson())), json);
});

Deno.test("encode() merges 200,000 equal bytes and a long line in less than two seconds", () => {
  const tokenizer = train();
  const start = performance.now();
  tokenizer.encode(" ".repeat(200_000));
  tokenizer.encode("total(xs) ".repeat(20_000));
  assert.ok(performance.now() - start < 2000);
});

/** Made by tests/interop with Hugging Face's `tokenizers`. */
const GOLDEN = "tests/reference/golden/qwen2";

Deno.test("encode() and decode() agree with Hugging Face on a tokenizer of Qwen2's form", async () => {
  const tokenizer = await readTokenizer(`${GOLDEN}/tokenizer.json`);
  const cases = JSON.parse(await Deno.readTextFile(`${GOLDEN}/encoded.json`));
  assert.ok(cases.length > 20);
  for (const { text, ids, plain, decoded } of cases) {
    assert.deepEqual(tokenizer.encode(text, { specials: true }), ids, JSON.stringify(text));
    assert.deepEqual(tokenizer.encode(text), plain, JSON.stringify(text));
    assert.equal(tokenizer.decode(ids, { specials: true }), decoded);
  }
});
