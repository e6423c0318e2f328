import assert from "node:assert/strict";
import { main } from "../../workflows/score.ts";
import { gpuTest } from "../support/device.ts";

const MODEL = "tests/reference/golden/qwen2";

gpuTest("score prints ids, log-probabilities and the perplexity", async () => {
  const { text, tokens, logprobs } = JSON.parse(
    await Deno.readTextFile(`${MODEL}/expected.json`),
  );
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--allow-read=.", "workflows/score.ts"]
      .concat("--model.path", MODEL, "--text", text, "--json"),
    env: { XDG_RUNTIME_DIR: "/tmp" },
  }).output();
  assert.ok(success);
  const found = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
  assert.deepEqual(Object.keys(found), ["tokens", "logprobs", "perplexity"]);
  assert.deepEqual(found.tokens, tokens);
  const mean = logprobs.reduce((sum: number, value: number) => sum + value, 0) / logprobs.length;
  assert.ok(Math.abs(Math.log(found.perplexity) + mean) < 1e-4);
});

Deno.test("score refuses bad input in one line", async () => {
  const rejects = (args: string[], message: RegExp) => assert.rejects(main(args), message);
  const model = ["--model.path", MODEL];
  await rejects([...model, "--text", "a"], /ConfigError: Cannot score the text: expected 2 to 128/);
  await rejects([...model, "--text", "a ".repeat(500)], /expected 2 to 128 tokens, found 1/);
  await rejects(model, /ConfigError: Cannot score: expected either --text or --file/);
  await rejects([...model, "--file", "nowhere"], /ConfigError: Cannot read file "nowhere"/);
  await rejects(
    ["--model.path", "nowhere", "--text", "ab"],
    /CheckpointError: .*nowhere\/config.json/,
  );
});
