import assert from "node:assert/strict";
import {
  armConfig,
  experimentChanges,
  experimentHash,
  experimentOf,
  readConfig,
  ReproduceConfig,
  seedsOf,
  sharedConfig,
  TrainConfig,
} from "../../src/config/mod.ts";

Deno.test("seedsOf() reads a count, a range and a list", () => {
  assert.deepEqual(seedsOf("3"), [1, 2, 3]);
  assert.deepEqual(seedsOf("4-6"), [4, 5, 6]);
  assert.deepEqual(seedsOf("2-2"), [2]);
  assert.deepEqual(seedsOf("5,1,5"), [5, 1]);
});

Deno.test("armConfig() lays an arm's settings over what all share", async () => {
  const flags = ["--arms", "asp,asp-pool-50", "--steps", "7", "--selfplay.tasks", "3"];
  const { config } = await readConfig(ReproduceConfig, flags);
  assert.deepEqual(config.arms, ["asp", "asp-pool-50"]);
  const [asp, pool] = config.arms.map((arm) => armConfig(sharedConfig(config), arm, 9));
  assert.deepEqual([asp!.method, asp!.seed, asp!.steps, asp!.tokens], ["asp", 9, 7, config.tokens]);
  assert.equal(pool!.method, "asp");
  assert.deepEqual(pool!.selfplay, { ...asp!.selfplay, poolSize: 50 });
  await assert.rejects(
    readConfig(ReproduceConfig, ["--seeds", "one"]),
    /expected N, A-B, or a list/,
  );
  await assert.rejects(readConfig(ReproduceConfig, ["--arms", "apt"]), /arms/);
});

Deno.test("experimentChanges() names what differs, and leaves out where a job runs", () => {
  const config = TrainConfig.parse({});
  const stored = experimentOf(config);
  const elsewhere = TrainConfig.parse({
    run: { root: "x" },
    batch: { lanes: 8 },
    checkpointEvery: 1,
  });
  assert.deepEqual(experimentChanges(stored, elsewhere), []);
  const other = TrainConfig.parse({ selfplay: { poolSize: 50 } });
  assert.deepEqual(experimentChanges(stored, other), ["selfplay.poolSize was 0, is 50"]);
  const mixed = { ...config, model: { ...config.model, precision: "mixed" as const } };
  assert.deepEqual(experimentChanges(stored, mixed), ['precision was absent, is "mixed"']);
});

Deno.test("an experiment outlives new settings that are off, and no others", () => {
  const config = TrainConfig.parse({});
  const { rl, steps: _, ...rest } = experimentOf(config);
  const { klWeight: __, ...older } = rl as Record<string, number>;
  assert.deepEqual(experimentChanges({ ...rest, steps: config.steps, rl: older }, config), []);
  assert.deepEqual(experimentChanges({ ...rest, rl: older }, config), [
    `steps was absent, is ${config.steps}`,
  ]);
  assert.deepEqual(
    experimentChanges({ ...experimentOf(config), gone: 1, idle: false }, config),
    ["gone was 1, is absent"],
  );
});

Deno.test("experimentHash() tells experiments apart by what decides the result", () => {
  const hash = (values: object): string => experimentHash(TrainConfig.parse(values));
  assert.equal(hash({}), hash({ run: { root: "x" }, batch: { lanes: 8 } }));
  assert.notEqual(hash({}), hash({ rl: { klWeight: 0.1 } }));
  assert.notEqual(hash({}), hash({ steps: 25 }));
});
