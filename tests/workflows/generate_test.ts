import assert from "node:assert/strict";
import { main } from "../../workflows/generate.ts";
import { gpuTest } from "../support/device.ts";

const GOLDEN = "tests/reference/golden";

async function generate(model: string, ...flags: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "--allow-read=.", "workflows/generate.ts"]
      .concat("--model.path", `${GOLDEN}/${model}`, ...flags, "--json"),
    env: { XDG_RUNTIME_DIR: "/tmp" },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

for (const model of ["qwen2", "qwen3"]) {
  gpuTest(`generate at temperature 0 continues a ${model} text as transformers does`, async () => {
    const { text, greedy } = JSON.parse(
      await Deno.readTextFile(`${GOLDEN}/${model}/expected.json`),
    );
    const count = String(greedy.tokens.length);
    const found = await generate(
      model,
      ...["--prompt", text, "--temperature", "0", "--max-tokens", count],
    );
    assert.deepEqual(Object.keys(found), ["tokens", "text", "logprobs"]);
    assert.deepEqual(found.tokens, greedy.tokens);
    greedy.logprobs.forEach((value: number, i: number) => {
      assert.ok(Math.abs(value - found.logprobs[i]) < 1e-4, `token ${i}`);
    });
  });
}

gpuTest("generate draws what the seed says", async () => {
  const flags = ["--prompt", "ab", "--temperature", "1", "--max-tokens", "12"];
  const [first, again, other] = await Promise.all([
    generate("qwen2", ...flags, "--seed", "1"),
    generate("qwen2", ...flags, "--seed", "1"),
    generate("qwen2", ...flags, "--seed", "2"),
  ]);
  assert.deepEqual(first, again);
  assert.notDeepEqual(first.tokens, other.tokens);
});

Deno.test("generate refuses bad input in one line", async () => {
  const rejects = (flags: string[], message: RegExp) =>
    assert.rejects(main(["--model.path", `${GOLDEN}/qwen2`, ...flags]), message);
  await rejects([], /ConfigError: Cannot generate: expected either --prompt or --file/);
  await rejects(
    ["--prompt", "a", "--max-tokens", "128"],
    /together at most 128 tokens, found 1 and/,
  );
  await rejects(["--prompt", "a", "--chat"], /expected a chat template in .*tokenizer_config.json/);
  await rejects(["--prompt", "a", "--top-p", "0"], /ConfigError: Cannot read config: topP/);
});
