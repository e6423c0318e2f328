import assert from "node:assert/strict";
import { z } from "zod";
import { PretrainConfig, readConfig, TrainConfig } from "../../src/config/mod.ts";
import { withDefaults } from "../../src/config/defaults.ts";

const Section = z.strictObject({
  rate: z.number().positive().default(1).describe("how fast"),
  steps: z.int().default(2).describe("how long"),
  name: z.string().describe("has no default"),
}).check((context) => {
  const { rate, steps } = context.value;
  if (rate > steps) {
    context.issues.push({ code: "custom", message: "too fast", path: ["rate"], input: rate });
  }
});

Deno.test("withDefaults() changes the defaults named, and neither descriptions nor checks", () => {
  const changed = withDefaults(Section, { steps: 7 });
  assert.deepEqual(changed.parse({ name: "a" }), { rate: 1, steps: 7, name: "a" });
  assert.equal(changed.shape.steps.description, "how long");
  assert.equal(changed.safeParse({ name: "a", rate: 8 }).success, false);
  assert.equal(changed.safeParse({ name: "a", other: 1 }).success, false);
  assert.equal(Section.parse({ name: "a" }).steps, 2);
});

Deno.test("withDefaults() refuses a setting without a default", () => {
  assert.throws(() => withDefaults(Section, { name: "a" }), TypeError);
});

Deno.test("a setting of a section leaves the command's defaults of the others alone", async () => {
  const { config: plain } = await readConfig(TrainConfig, []);
  const { config: train } = await readConfig(TrainConfig, ["--optim.rate", "0.001"]);
  assert.deepEqual(train, { ...plain, optim: { ...plain.optim, rate: 0.001 } });
  const { config: pretrain } = await readConfig(PretrainConfig, ["--shape.layers", "6"]);
  assert.equal(pretrain.shape.intermediateSize, PretrainConfig.parse({}).shape.intermediateSize);
  assert.notEqual(pretrain.shape.intermediateSize, 512);
});
