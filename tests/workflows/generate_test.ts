import assert from "node:assert/strict";
import { main } from "../../workflows/generate.ts";
import { gpuTest } from "../support/device.ts";

const GOLDEN = "tests/reference/golden";

async function generate(model: string, ...flags: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", `--allow-read=.,${model}`, "workflows/generate.ts"]
      .concat("--model.path", model, ...flags, "--json"),
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
      `${GOLDEN}/${model}`,
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
    generate(`${GOLDEN}/qwen2`, ...flags, "--seed", "1"),
    generate(`${GOLDEN}/qwen2`, ...flags, "--seed", "1"),
    generate(`${GOLDEN}/qwen2`, ...flags, "--seed", "2"),
  ]);
  assert.deepEqual(first, again);
  assert.notDeepEqual(first.tokens, other.tokens);
});

gpuTest("generate ends at the model's end token, or never if it names none", async () => {
  const dir = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(`${GOLDEN}/qwen2`)) {
      await Deno.copyFile(`${GOLDEN}/qwen2/${name}`, `${dir}/${name}`);
    }
    const flags = ["--prompt", "ab", "--temperature", "0", "--max-tokens", "8"];
    await Deno.writeTextFile(`${dir}/generation_config.json`, '{"eos_token_id":null}');
    const config = JSON.parse(await Deno.readTextFile(`${dir}/config.json`));
    await Deno.writeTextFile(
      `${dir}/config.json`,
      JSON.stringify({ ...config, ["eos_token_id"]: null }),
    );
    const endless = await generate(dir, ...flags);
    assert.equal(endless.tokens.length, 8);
    const end = endless.tokens[2];
    await Deno.writeTextFile(`${dir}/generation_config.json`, `{"eos_token_id":[${end}]}`);
    const ended = await generate(dir, ...flags);
    assert.deepEqual(ended.tokens, endless.tokens.slice(0, endless.tokens.indexOf(end) + 1));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
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
