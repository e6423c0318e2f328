import assert from "node:assert/strict";
import { main } from "../../workflows/pretrain.ts";
import { loadModel, readCheckpoint } from "../../src/model/mod.ts";
import { gpuTest } from "../support/device.ts";
import { microTokenizer } from "../support/scripted_policy.ts";

const STEPS = 24;

/** Examples of three levels: sums with different operators and bounds. */
const EXAMPLES = ["+", "-", "*", "%", "&"].flatMap((operator, i) => {
  const solution = `function f(a, b) {\n  return a ${operator} b;\n}`;
  const bug = `function f(a, b) {\n  return b ${operator} a;\n}`;
  const common = { level: i % 3 + 1, problem: `Return a ${operator} b.` };
  return [
    { role: "solve", ...common, answer: solution },
    { role: "fix", ...common, code: bug, observation: "f(1, 2): wrong", answer: solution },
    { role: "break", ...common, code: solution, answer: bug },
  ];
});

async function makeInputs(dir: string): Promise<void> {
  const lines = EXAMPLES.map((example) => `${JSON.stringify(example)}\n`);
  await Deno.writeTextFile(`${dir}/examples.jsonl`, lines.slice(3).join(""));
  await Deno.writeTextFile(`${dir}/validation.jsonl`, lines.slice(0, 3).join(""));
  const tokenizer = microTokenizer(EXAMPLES.map(({ answer }) => answer));
  await Deno.writeTextFile(`${dir}/tokenizer.json`, JSON.stringify(tokenizer.toJson()));
}

function flags(dir: string, name: string): string[] {
  const values = {
    "examples": `${dir}/examples.jsonl`,
    "validation": `${dir}/validation.jsonl`,
    "tokenizer": dir,
    "steps": STEPS,
    "batch": 4,
    "max-tokens": 96,
    "micro-rows": 256,
    "checkpoint-every": 5,
    "validate-every": 4,
    "optim.rate": 0.02,
    "optim.warmup": 3,
    "shape.hidden-size": 16,
    "shape.layers": 2,
    "shape.heads": 2,
    "shape.kv-heads": 1,
    "shape.head-dim": 8,
    "shape.intermediate-size": 16,
    "run.root": `${dir}/runs`,
    "run.name": name,
  };
  return Object.entries(values).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
}

/** Waits some milliseconds, and says that nothing ended. */
function pause(ms: number): Promise<false> {
  return new Promise((done) => setTimeout(() => done(false), ms));
}

/** Runs the workflow; it is killed once `metrics.jsonl` has `lines` lines, unless it ends before. */
async function pretrain(dir: string, name: string, lines = Infinity) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "workflows/pretrain.ts", ...flags(dir, name), "--json"],
    stdout: "piped",
    stderr: "null",
    env: { XDG_RUNTIME_DIR: "/tmp" },
  }).spawn();
  const output = child.output();
  const ended = output.then(() => true);
  while (!await Promise.race([ended, pause(5)])) {
    const metrics = await Deno.readTextFile(`${dir}/runs/${name}/metrics.jsonl`).catch(() => "");
    if (metrics.split("\n").length <= lines) continue;
    child.kill("SIGKILL");
    break;
  }
  const { success, signal, stdout } = await output;
  assert.ok(success || signal === "SIGKILL");
  return { success, text: new TextDecoder().decode(stdout) };
}

/** Metrics of a run without those that measure time. */
async function metricsOf(dir: string, name: string): Promise<Record<string, number>[]> {
  const text = await Deno.readTextFile(`${dir}/runs/${name}/metrics.jsonl`);
  return text.trim().split("\n").map((line) => {
    const { tokensPerSecond, ...metrics } = JSON.parse(line);
    assert.ok(tokensPerSecond > 0);
    return metrics;
  });
}

async function withInputs(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await makeInputs(dir);
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

gpuTest(
  "pretrain killed twice ends with the metrics and the model of an unbroken run",
  (gpu) =>
    withInputs(async (dir) => {
      const [whole, first] = await Promise.all([
        pretrain(dir, "whole"),
        pretrain(dir, "broken", 8),
      ]);
      assert.ok(whole.success && !first.success);
      assert.ok(!(await pretrain(dir, "broken", 14)).success);
      assert.ok((await pretrain(dir, "broken")).success);

      const metrics = await metricsOf(dir, "whole");
      assert.deepEqual(await metricsOf(dir, "broken"), metrics);
      assert.deepEqual(metrics.map(({ step }) => step), Array.from({ length: STEPS }, (_, i) => i));
      const files = ["model.safetensors", "trainer.safetensors", "trainer.json", "config.json"];
      for (const file of files) {
        const [a, b] = await Promise.all(
          ["whole", "broken"].map((name) =>
            Deno.readFile(`${dir}/runs/${name}/checkpoints/step-${STEPS - 1}/${file}`)
          ),
        );
        assert.deepEqual(a, b, file);
      }

      const result = JSON.parse(whole.text.trim().split("\n").at(-1)!);
      assert.deepEqual(result, {
        run: `${dir}/runs/whole`,
        steps: STEPS,
        loss: metrics.at(-1)!["loss"],
        validationLoss: metrics.at(-1)!["validationLoss"],
      });
      assert.ok(metrics.at(-1)!["loss"]! < metrics[0]!["loss"]! - 0.5, "it learns");
      const validated = metrics.filter(({ validationLoss }) => validationLoss !== undefined);
      assert.deepEqual(validated.map(({ step }) => step), [3, 7, 11, 15, 19, 23]);
      const checkpoint = await readCheckpoint(`${dir}/runs/whole/checkpoints/step-${STEPS - 1}`);
      assert.equal(checkpoint.configJson["torch_dtype"], "float16");
      (await loadModel(gpu, checkpoint, 96))[Symbol.dispose]();
    }),
);

gpuTest("pretrain refuses bad input in one line", () =>
  withInputs(async (dir) => {
    const rejects = (more: string[], message: RegExp) =>
      assert.rejects(main([...flags(dir, "bad"), ...more]), message);
    await rejects(["--examples", `${dir}/none.jsonl`], /ConfigError: .*none\.jsonl/);
    await Deno.writeTextFile(`${dir}/empty.jsonl`, "");
    await rejects(
      ["--validation", `${dir}/empty.jsonl`],
      /ConfigError: .*empty\.jsonl: expected examples of at most 96 tokens/,
    );
    await rejects(["--tokenizer", `${dir}/none`], /none\/tokenizer\.json/);
    await rejects(["--micro-rows", "64"], /ConfigError: .*microRows: expected at least maxTokens/s);
    await rejects(["--shape.kv-heads", "3"], /ConfigError: .*shape\.kvHeads/s);
  }));
