import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Method } from "../../src/config/mod.ts";
import { main } from "../../workflows/train.ts";
import { gpuTest } from "../support/device.ts";

const SMOKE = ["--config", "fixtures/config/smoke.json"];
const SOURCES = ["human", "human-edited-lm", "lm:strong", "lm:weak", "mean"];

/** What must be the same in a continued run: everything but times. */
function timeless(text: string): unknown[] {
  return text.trim().split("\n").map((line) => {
    const entries = Object.entries(JSON.parse(line) as Record<string, unknown>);
    return Object.fromEntries(entries.filter(([key]) => !/^seconds|^tokensPerSecond/.test(key)));
  });
}

async function inTemporaryFolder(test: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

gpuTest("train prints rates before and after on its last line, and writes the run", async () => {
  await inTemporaryFolder(async (root) => {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "-q", "train", ...SMOKE, "--run.root", root, "--run.name", "a", "--json"],
      stderr: "null",
    }).output();
    ok(success);
    const result = JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
    strictEqual(result.method, "asp");
    strictEqual(result.steps, 1);
    deepStrictEqual(Object.keys(result.before).sort(), SOURCES);
    deepStrictEqual(Object.keys(result.after).sort(), SOURCES);
    ok(result.validRate >= 0 && result.tokensPerSecond > 0);
    const names = [...Deno.readDirSync(`${root}/a`)].map(({ name }) => name);
    for (const name of ["config.json", "metrics.jsonl", "eval.jsonl", "report.json", "report.md"]) {
      ok(names.includes(name), name);
    }
    const [metrics] = timeless(await Deno.readTextFile(`${root}/a/metrics.jsonl`));
    for (
      const key of [
        "generator.reward.mean",
        "generator.validRate",
        "fixer.reward.mean",
        "rho.histogram",
        "zeroVarianceShare",
        "entropy",
        "clipFraction",
        "ratio.max",
        "gradNorm",
        "length.mean",
        "truncatedShare",
        "similarity.mean",
        "operatorEntropy",
        "editSize.mean",
        "eval.human",
        "eval.mean",
      ]
    ) ok(key in (metrics as object), key);
  });
});

gpuTest("train runs every method", async () => {
  await inTemporaryFolder(async (root) => {
    const smoke = [...SMOKE, "--run.root", root, "--validate-every", "0", "--evaluate-items", "4"];
    for (const method of Method.options.filter((name) => name !== "asp")) {
      await main([...smoke, "--method", method, "--run.name", method, "--json"]);
      const report = JSON.parse(await Deno.readTextFile(`${root}/${method}/report.json`));
      strictEqual(report.method, method);
    }
  });
});

gpuTest("train continues after losing its last steps as if nothing had happened", async () => {
  await inTemporaryFolder(async (root) => {
    const flags = [...SMOKE, "--steps", "3", "--run.root", root, "--run.name", "a", "--json"];
    await main(flags);
    const read = async (name: string) => timeless(await Deno.readTextFile(`${root}/a/${name}`));
    const [metrics, evaluations] = [await read("metrics.jsonl"), await read("eval.jsonl")];
    // What a kill during the second step leaves: lines beyond the checkpoint, and no later checkpoint.
    await Deno.remove(`${root}/a/checkpoints/step-1`, { recursive: true });
    await Deno.remove(`${root}/a/checkpoints/step-2`, { recursive: true });
    await main([...flags, "--profile"]);
    deepStrictEqual(await read("metrics.jsonl"), metrics, "measuring kernels changes nothing");
    deepStrictEqual(await read("eval.jsonl"), evaluations);
    const profile = JSON.parse(await Deno.readTextFile(`${root}/a/profile.json`));
    ok(profile.kernels.some(({ name }: { name: string }) => name === "adamw/forward"));
    ok(profile.busyMs > 0 && profile.idleShare > 0);
    ok((await Deno.readTextFile(`${root}/a/profile.md`)).includes("| adamw/forward |"));
  });
});

Deno.test("train names what is wrong with its input", async () => {
  await rejects(main(["--stepps", "2"]), /Cannot read argument "--stepps"/);
  await rejects(main(["--model.path", "nowhere"]), /nowhere\/config.json/);
  await rejects(main(["--batch.memory-mb", "1", "--programs", "none.jsonl"]), /batch.memoryMb/);
});
