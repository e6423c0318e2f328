/**
 * Kedge against Hugging Face's `transformers` and `tokenizers`, in both directions.
 *
 * Not part of the ordinary suite: it needs a Python with tests/interop/requirements.txt, named by the environment
 * variable KEDGE_PYTHON (default `python3`). `KEDGE_REGENERATE=1` makes the golden models of tests/reference/golden anew.
 *
 * @module
 */
import assert from "node:assert/strict";
import { rngStream } from "../../src/base/mod.ts";
import { ModelSection } from "../../src/config/mod.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/model/checkpoint.ts";
import { readTokenizer, type SplitPattern, trainTokenizer } from "../../src/text/mod.ts";
import { NASTY_TEXTS } from "../reference/nasty_texts.ts";

const PYTHON = Deno.env.get("KEDGE_PYTHON") ?? "python3";
const GOLDEN = "tests/reference/golden";

async function python(args: readonly string[], input = ""): Promise<string> {
  const command = new Deno.Command(PYTHON, {
    args: ["tests/interop/reference.py", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
}

async function withDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Ten steps of training of a golden model, for tests/model/golden_test.ts. */
async function makeTraining(dir: string): Promise<void> {
  const made = JSON.parse(await python(["train", dir, "10"]));
  const lines = Object.entries(made).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`);
  await Deno.writeTextFile(`${dir}/training.json`, `{\n${lines.join(",\n")}\n}\n`);
}

async function makeModels(dir: string): Promise<void> {
  await Deno.writeTextFile(`${dir}/texts.json`, JSON.stringify(NASTY_TEXTS));
  await python(["make", dir, `${dir}/texts.json`]);
  await Deno.remove(`${dir}/texts.json`);
  for (const name of ["qwen2", "qwen3"]) await makeTraining(`${dir}/${name}`);
}

/** Strings of code points from blocks that pre-tokenizers treat differently. */
function randomTexts(count: number): string[] {
  const rng = rngStream(5, "fuzz");
  const blocks = [[0, 0x80], [0x20, 0x60], [0x80, 0x600], [0x2000, 0x100], [0x3000, 0x3000], [
    0x1f300,
    0x400,
  ]];
  return Array.from({ length: count }, () =>
    Array.from({ length: rng.int(40) }, () => {
      const [start, length] = rng.pick(blocks) as [number, number];
      return String.fromCodePoint(start + rng.int(length));
    }).join(""));
}

Deno.test("golden models are what transformers makes", async () => {
  await withDir(async (dir) => {
    await makeModels(dir);
    for (const name of ["qwen2", "qwen3"]) {
      if (Deno.env.get("KEDGE_REGENERATE")) {
        await Deno.remove(`${GOLDEN}/${name}`, { recursive: true }).catch(() => {});
        await Deno.mkdir(`${GOLDEN}/${name}`, { recursive: true });
        for await (const entry of Deno.readDir(`${dir}/${name}`)) {
          await Deno.copyFile(`${dir}/${name}/${entry.name}`, `${GOLDEN}/${name}/${entry.name}`);
        }
      }
      const made = JSON.parse(await Deno.readTextFile(`${dir}/${name}/expected.json`));
      const golden = JSON.parse(await Deno.readTextFile(`${GOLDEN}/${name}/expected.json`));
      assert.deepEqual(made.tokens, golden.tokens);
      made.logprobs.forEach((value: number, i: number) => {
        assert.ok(Math.abs(value - golden.logprobs[i]) < 1e-6);
      });
      const training = async (folder: string) =>
        JSON.parse(await Deno.readTextFile(`${folder}/${name}/training.json`));
      const [trained, stored] = [await training(dir), await training(GOLDEN)];
      assert.deepEqual(trained.completions, stored.completions);
      trained.losses.forEach((loss: number, i: number) => {
        assert.ok(Math.abs(loss - stored.losses[i]) < 1e-6);
      });
    }
  });
});

Deno.test("readTokenizer() gives the ids of tokenizers on random text", async () => {
  const texts = [...NASTY_TEXTS, ...randomTexts(3000)];
  const path = `${GOLDEN}/qwen2/tokenizer.json`;
  const tokenizer = await readTokenizer(path);
  const expected = JSON.parse(await python(["encode", path], JSON.stringify(texts)));
  texts.forEach((text, i) => {
    assert.deepEqual(tokenizer.encode(text, { specials: true }), expected[i], JSON.stringify(text));
  });
});

Deno.test("tokenizers reads what trainTokenizer() made, for each pattern", async () => {
  const code = await Deno.readTextFile("src/text/bpe.ts");
  const texts = [...NASTY_TEXTS, code, ...randomTexts(500)];
  for (const pattern of ["code", "line", "word"] as SplitPattern[]) {
    const specials = ["<|endoftext|>", "<|im_start|>"];
    const tokenizer = trainTokenizer([code], { vocabSize: 600, specials, pattern });
    await withDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/tokenizer.json`, JSON.stringify(tokenizer.toJson()));
      const found = JSON.parse(
        await python(["encode", `${dir}/tokenizer.json`], JSON.stringify(texts)),
      );
      texts.forEach((text, i) => {
        assert.deepEqual(
          tokenizer.encode(text, { specials: true }),
          found[i],
          JSON.stringify(text),
        );
      });
    });
  }
});

Deno.test("transformers loads what writeCheckpoint() wrote and agrees with the original", async () => {
  for (const name of ["qwen2", "qwen3"]) {
    const { text, tokens, logprobs } = JSON.parse(
      await Deno.readTextFile(`${GOLDEN}/${name}/expected.json`),
    );
    const checkpoint = await readCheckpoint(`${GOLDEN}/${name}`);
    const values = new Map<string, Float32Array>();
    for await (const tensor of checkpoint.tensors()) values.set(tensor.name, tensor.values);
    const read = (tensor: string) => values.get(tensor)!;
    const asNew = { config: checkpoint.config, files: checkpoint.files, read };
    const asRead = { ...checkpoint, read };
    const cases = [
      [asNew, {}],
      [asRead, { maxShardBytes: 20_000 }],
      [asRead, { dtype: "BF16" as const }],
    ] as const;
    for (const [contents, options] of cases) {
      await withDir(async (dir) => {
        await writeCheckpoint(dir, contents, options);
        const found = JSON.parse(await python(["check", dir, text]));
        assert.deepEqual(found.problems, []);
        assert.deepEqual(found.tokens, tokens);
        if ("dtype" in options && name === "qwen2") return; // rounds away what F16 held
        found.logprobs.forEach((value: number, i: number) => {
          assert.ok(Math.abs(value - logprobs[i]) < 1e-6, `${name} ${i}: ${value} ${logprobs[i]}`);
        });
      });
    }
  }
});

const SHIPPED = ModelSection.parse({}).path;
const shipped = await Deno.stat(`${SHIPPED}/model.safetensors`).then(() => true, () => false);

Deno.test({
  name: "transformers and the score workflow agree on the shipped model",
  ignore: !shipped,
  fn: async () => {
    const text = "function f(xs) {\n  let r = 0;\n  for (const x of xs) r += x;\n  return r;\n}";
    const expected = JSON.parse(await python(["check", SHIPPED, text]));
    assert.deepEqual(expected.problems, []);
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "-q", "score", "--model.path", SHIPPED, "--text", text, "--json"],
    }).output();
    assert.ok(success);
    const found = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
    assert.deepEqual(found.tokens, expected.tokens);
    expected.logprobs.forEach((value: number, i: number) => {
      assert.ok(Math.abs(value - found.logprobs[i]) < 1e-4, `${i}: ${value} ${found.logprobs[i]}`);
    });
  },
});
