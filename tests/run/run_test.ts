import assert from "node:assert/strict";
import { ConfigError } from "../../src/base/mod.ts";
import { RunConfig } from "../../src/config/mod.ts";
import { openRun, type RunIdentity, storedConfig } from "../../src/run/mod.ts";

const identity: RunIdentity = {
  command: "train",
  config: { model: { layers: 4, rope: { theta: 1e4 } }, seed: 7, steps: 3, run: { name: "" } },
  seed: 7,
  adapter: "none",
};

async function withRoot(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const settings = (root: string, more: object = {}) =>
  RunConfig.parse({ root, name: "a", keepCheckpoints: 2, ...more });

const lines = async (path: string) =>
  (await Deno.readTextFile(path)).split("\n").slice(0, -1).map((line) => JSON.parse(line));

Deno.test("openRun() writes what the run is", () =>
  withRoot(async (root) => {
    await using run = await openRun(settings(root), identity);
    const record = JSON.parse(await Deno.readTextFile(`${root}/a/config.json`));
    assert.equal(run.path, `${root}/a`);
    assert.deepEqual([record.command, record.seed, record.adapter], ["train", 7, "none"]);
    assert.deepEqual(record.config, { ...identity.config, run: { name: "a" } });
    assert.equal(record.deno, Deno.version.deno);
    assert.match(record.gitCommit, /^[0-9a-f]{40}$|^unknown$/);
  }));

Deno.test("openRun() names a nameless run by command and time", () =>
  withRoot(async (root) => {
    await using run = await openRun(settings(root, { name: "" }), identity);
    assert.match(run.path, /\/train-\d{8}T\d{6}$/);
  }));

Deno.test("openRun() cuts away what was written after the newest checkpoint", () =>
  withRoot(async (root) => {
    {
      await using run = await openRun(settings(root), identity);
      assert.equal(run.nextStep, 0);
      await run.evaluation({ mean: 0.1 });
      await run.rollout({ item: 0 }, { item: 1 });
      await run.record(0, { loss: 1, odd: NaN });
      run.state.archive = ["x"];
      await run.checkpoint(0, (dir) => Deno.writeTextFile(`${dir}/model`, "weights 0"));
      await run.record(1, { loss: 2 });
      await run.rollout({ item: 2 });
      await run.evaluation({ mean: 0.2 });
      run.state.archive = ["x", "y"];
    }
    await Deno.writeTextFile(`${root}/a/metrics.jsonl`, '{"step":2,"lo', { append: true });
    await Deno.mkdir(`${root}/a/checkpoints/step-9.tmp`);
    await using run = await openRun(settings(root), identity);
    assert.equal(run.nextStep, 1);
    assert.deepEqual(run.state, { archive: ["x"] });
    assert.equal(await Deno.readTextFile(`${run.checkpointPath}/model`), "weights 0");
    assert.deepEqual(await lines(`${root}/a/metrics.jsonl`), [{ step: 0, loss: 1, odd: null }]);
    assert.deepEqual(await lines(`${root}/a/rollouts/00000.jsonl`), [{ item: 0 }, { item: 1 }]);
    assert.deepEqual(await lines(`${root}/a/eval.jsonl`), [{ mean: 0.1 }]);
    await assert.rejects(Deno.stat(`${root}/a/checkpoints/step-9.tmp`), Deno.errors.NotFound);
  }));

Deno.test("openRun() starts over when no checkpoint was completed", () =>
  withRoot(async (root) => {
    {
      await using run = await openRun(settings(root), identity);
      await run.record(0, { loss: 1 });
    }
    await using run = await openRun(settings(root), identity);
    assert.equal(run.nextStep, 0);
    assert.equal(run.checkpointPath, undefined);
    assert.deepEqual(await lines(`${root}/a/metrics.jsonl`), []);
  }));

Deno.test("openRun() falls back to an older checkpoint when a file lost lines it counts on", () =>
  withRoot(async (root) => {
    {
      await using run = await openRun(settings(root), identity);
      for (const step of [0, 1]) {
        await run.record(step, {});
        await run.checkpoint(step, () => Promise.resolve());
      }
    }
    await Deno.truncate(`${root}/a/metrics.jsonl`, 15); // within the second line
    await using run = await openRun(settings(root), identity);
    assert.equal(run.nextStep, 1);
    assert.deepEqual(await lines(`${root}/a/metrics.jsonl`), [{ step: 0 }]);
  }));

Deno.test("checkpoint() keeps the newest ones and the best one", () =>
  withRoot(async (root) => {
    const names = async () =>
      (await Array.fromAsync(Deno.readDir(`${root}/a/checkpoints`)))
        .map((entry) => entry.name).sort();
    {
      await using run = await openRun(settings(root), identity);
      for (let step = 0; step < 6; step++) {
        await run.checkpoint(step, () => Promise.resolve(), { best: step < 2 });
      }
      assert.deepEqual(await names(), ["step-1", "step-4", "step-5"]);
      await run.checkpoint(5, (dir) => Deno.writeTextFile(`${dir}/again`, ""));
    }
    await using run = await openRun(settings(root), identity);
    assert.equal(run.bestPath, `${root}/a/checkpoints/step-1`);
    assert.deepEqual(await names(), ["step-1", "step-4", "step-5"]);
    assert.ok(await Deno.stat(`${run.checkpointPath}/again`));
  }));

Deno.test("checkpoint() leaves nothing when its writer fails", () =>
  withRoot(async (root) => {
    await using run = await openRun(settings(root), identity);
    await run.checkpoint(0, () => Promise.resolve());
    await assert.rejects(run.checkpoint(1, () => Promise.reject(new Error("disk full"))));
    assert.equal(run.nextStep, 1);
    await assert.rejects(Deno.stat(`${root}/a/checkpoints/step-1`), Deno.errors.NotFound);
  }));

Deno.test("rollout() rotates by size and goes back over files", () =>
  withRoot(async (root) => {
    const small = settings(root, { rolloutFileMb: 20 / 2 ** 20 });
    {
      await using run = await openRun(small, identity);
      for (let item = 0; item < 4; item++) await run.rollout({ item });
      await run.checkpoint(0, () => Promise.resolve());
      for (let item = 4; item < 8; item++) await run.rollout({ item });
    }
    assert.deepEqual(await lines(`${root}/a/rollouts/00003.jsonl`), [{ item: 6 }, { item: 7 }]);
    {
      await using run = await openRun(small, identity);
      for (let item = 4; item < 8; item++) await run.rollout({ item });
    }
    const names = (await Array.fromAsync(Deno.readDir(`${root}/a/rollouts`))).map((e) => e.name);
    const all = await Promise.all(names.sort().map((name) => lines(`${root}/a/rollouts/${name}`)));
    assert.ok(all.length > 1);
    assert.deepEqual(all.flat(), Array.from({ length: 8 }, (_, item) => ({ item })));
  }));

Deno.test("openRun() refuses another model, seed or command and names the key", () =>
  withRoot(async (root) => {
    await (await openRun(settings(root), identity))[Symbol.asyncDispose]();
    const refuse = async (change: Partial<RunIdentity>, message: string) => {
      const error = await openRun(settings(root), { ...identity, ...change }).then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(error instanceof ConfigError);
      assert.equal(error.message, `Cannot continue ${root}/a: ${message}`);
    };
    const model = { layers: 4, rope: { theta: 5e5 } };
    await refuse(
      { config: { ...identity.config, model } },
      "model.rope.theta: expected 10000, found 500000",
    );
    await refuse({ config: { ...identity.config, seed: 8 } }, "seed: expected 7, found 8");
    await refuse({ command: "pretrain" }, 'command: expected "train", found "pretrain"');
    await using run = await openRun(settings(root), {
      ...identity,
      config: { ...identity.config, steps: 9 },
    });
    assert.equal(run.nextStep, 0);
  }));

Deno.test("openRun() refuses a run that another process holds", () =>
  withRoot(async (root) => {
    await using _run = await openRun(settings(root), identity);
    await assert.rejects(openRun(settings(root), identity), /another process holds it$/);
  }));

Deno.test("rng() is a function of seed and key", () =>
  withRoot(async (root) => {
    await using run = await openRun(settings(root), identity);
    assert.equal(run.rng(3, "fixer").next(), run.rng(3, "fixer").next());
    assert.notEqual(run.rng(3, "fixer").next(), run.rng(4, "fixer").next());
  }));

Deno.test("storedConfig() finds the values a run was started with", () =>
  withRoot(async (root) => {
    const find = storedConfig("train");
    const run = RunConfig.parse({ root });
    assert.equal(await find({ run, resume: false }), undefined);
    await assert.rejects(find({ run, resume: true }), /found no run of train in /);
    await (await openRun(settings(root), identity))[Symbol.asyncDispose]();
    const found = await find({ run, resume: true });
    assert.deepEqual(found?.values, { ...identity.config, run: { name: "a" } });
    const named = RunConfig.parse({ root, name: "b" });
    await assert.rejects(find({ run: named, resume: true }), /found no .*\/b\/config\.json$/);
  }));
