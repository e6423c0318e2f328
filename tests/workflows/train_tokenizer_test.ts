import assert from "node:assert/strict";
import { readTokenizer } from "../../src/text/mod.ts";
import { main } from "../../workflows/train_tokenizer.ts";

Deno.test("train-tokenizer writes a tokenizer that reads back", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const lines = [{ problem: "Add one.", solution: "function inc(n) {\n  return n + 1;\n}\n" }];
    await Deno.writeTextFile(`${dir}/tasks.jsonl`, lines.map((l) => JSON.stringify(l)).join("\n"));
    await Deno.writeTextFile(`${dir}/more.txt`, "Add two. Add three.");
    const inputs = ["--input", `${dir}/tasks.jsonl`, "--input", `${dir}/more.txt`];
    await main([...inputs, "--vocab-size", "280", "--out", `${dir}/out`, "--json"]);
    const tokenizer = await readTokenizer(`${dir}/out/tokenizer.json`);
    assert.equal(tokenizer.id("<|endoftext|>"), 0);
    assert.ok(tokenizer.encode("Add").length < 3, "the frequent word was not merged");
    const settings = JSON.parse(await Deno.readTextFile(`${dir}/out/tokenizer_config.json`));
    assert.equal(settings.eos_token, "<|endoftext|>");

    await Deno.writeTextFile(`${dir}/tasks.jsonl`, '{"problem":"x"}\n{broken');
    await assert.rejects(main([...inputs, "--out", `${dir}/out`]), {
      name: "ConfigError",
      message: `Cannot read ${dir}/tasks.jsonl:2: expected a JSON object`,
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
