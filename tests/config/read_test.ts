import assert from "node:assert/strict";
import { z } from "zod";
import { ConfigError } from "../../src/base/mod.ts";
import { HelpRequest, readConfig } from "../../src/config/mod.ts";

const Model = z.strictObject({
  modelDim: z.int().positive().default(8).describe("width, channels"),
  tied: z.boolean().default(true).describe("whether embedding and head share weights"),
  rate: z.union([z.literal("auto"), z.number()]).default("auto").describe("rate"),
  path: z.string().nullable().default(null).describe("directory"),
}).check((ctx) => {
  if (ctx.value.modelDim % 8 === 0) return;
  const message = "expected a multiple of 8";
  ctx.issues.push({ code: "custom", message, path: ["modelDim"], input: ctx.value });
});

const Command = z.strictObject({
  model: Model.prefault({}),
  steps: z.int().min(0).default(3).describe("updates, count"),
  method: z.enum(["asp", "self-play"]).default("asp").describe("algorithm"),
  ks: z.array(z.int()).default([1]).describe("k of pass@k"),
  files: z.array(z.string()).default([]).describe("task files"),
  limits: z.record(z.string(), z.number()).default({}).describe("limit by name"),
}).meta({ title: "demo", description: "Shows flags.", positionals: ["FILE", "[OTHER]"] });

const read = (...args: string[]) => readConfig(Command, args);

/** The message a command line is refused with. */
async function refusal(...args: string[]): Promise<string> {
  const error = await read(...args).then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof ConfigError, String(error));
  assert.ok(!error.message.includes("\n"), "one line");
  return error.message;
}

async function withFiles(files: object[], use: (names: string[]) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const names = files.map((_, i) => `${dir}/${i}.json`);
    for (const [i, file] of files.entries()) {
      await Deno.writeTextFile(names[i]!, JSON.stringify(file));
    }
    await use(names);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("readConfig() fills in every default", async () => {
  const { config, positionals, json } = await read("a.js");
  assert.deepEqual(config, {
    model: { modelDim: 8, tied: true, rate: "auto", path: null },
    steps: 3,
    method: "asp",
    ks: [1],
    files: [],
    limits: {},
  });
  assert.deepEqual([positionals, json], [["a.js"], false]);
});

Deno.test("readConfig() reads every kind of flag", async () => {
  const { config, positionals, json } = await read(
    ...["--model.model-dim", "16", "--no-model.tied", "--model.rate=-0.5", "--json", "a.js"],
    ...["--method", "self-play", "--ks", "1,5", "--ks", "10", "--files", "a,b", "--files", "c"],
    ...["--limits", '{"ms":5}', "--model.path", "null", "--", "--b.js"],
  );
  assert.deepEqual(config.model, { modelDim: 16, tied: false, rate: -0.5, path: null });
  assert.deepEqual([config.ks, config.files, config.limits], [[1, 5, 10], ["a,b", "c"], { ms: 5 }]);
  assert.deepEqual([positionals, json], [["a.js", "--b.js"], true]);
  assert.equal((await read("a", "--model.rate", "-2")).config.model.rate, -2);
  assert.equal((await read("a", "--model.tied=false")).config.model.tied, false);
});

Deno.test("readConfig() lays files over defaults and flags over files", async () => {
  const files = [{ steps: 7, model: { modelDim: 16, tied: false } }, { model: { modelDim: 24 } }];
  await withFiles(files, async (names) => {
    const { config } = await read("a", "--config", names[0]!, "--config", names[1]!, "--steps=9");
    assert.equal(config.steps, 9);
    assert.deepEqual(config.model, { modelDim: 24, tied: false, rate: "auto", path: null });
  });
});

Deno.test("readConfig() lays the values of a continued run under files and flags", async () => {
  const stored = { file: "runs/a/config.json", values: { steps: 5, method: "self-play" } };
  const args = ["a", "--steps", "9"];
  const { config } = await readConfig(Command, args, () => Promise.resolve(stored));
  assert.deepEqual([config.steps, config.method], [9, "self-play"]);
  const fresh = await readConfig(Command, args, () => Promise.resolve(undefined));
  assert.deepEqual([fresh.config.steps, fresh.config.method], [9, "asp"]);
});

Deno.test("readConfig() names field, expectation and value", async () => {
  assert.equal(
    await refusal("a", "--model.model-dim", "7"),
    "Cannot read config: model.modelDim: expected a multiple of 8, found 7",
  );
  assert.equal(
    await refusal("a", "--steps", "few"),
    'Cannot read config: steps: expected number, found "few"',
  );
  assert.equal(
    await refusal("a", "--steps", "-1", "--method", "none"),
    "Cannot read config: steps: expected number to be >=0, found -1; " +
      'method: expected one of "asp"|"self-play", found "none"',
  );
  assert.equal(
    await refusal("a", "--model.rate", "fast"),
    'Cannot read config: model.rate: expected "auto" or number, found "fast"',
  );
  await withFiles([{ model: { width: 1 } }, { steps: "2" }], async ([unknown, wrong]) => {
    assert.equal(
      await refusal("a", "--config", unknown!),
      `Cannot read config: model.width in ${unknown}: expected a known field, found width`,
    );
    assert.equal(
      await refusal("a", "--config", wrong!),
      `Cannot read config: steps in ${wrong}: expected number, found "2"`,
    );
  });
});

Deno.test("readConfig() refuses what no flag, value or file answers to", async () => {
  assert.match(
    await refusal("a", "--lrr", "1"),
    /^Cannot read argument "--lrr": known flags are --config, --json, --help, --model\.model-dim,/,
  );
  assert.match(await refusal("a", "--no-steps"), /"--no-steps": known flags are/);
  assert.equal(
    await refusal("a", "--steps", "--json"),
    'Cannot read argument "--steps": expected a value, found none',
  );
  assert.match(await refusal("a", "--limits", "{"), /"--limits": expected JSON, found \{$/);
  assert.match(await refusal("a", "--config", "no.json"), /"no.json": expected a JSON file, found/);
  assert.equal(
    await refusal(),
    "Cannot read arguments: expected FILE [OTHER], found nothing",
  );
  assert.equal(
    await refusal("a", "b", "c"),
    'Cannot read argument "c": expected FILE [OTHER]',
  );
});

Deno.test("readConfig() answers --help with every flag, its meaning and its default", async () => {
  const error = await read("--help").then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof HelpRequest);
  assert.equal(error.exitCode, 0);
  assert.match(error.message, /^Usage: deno task demo FILE \[OTHER\] \[flags\]\n\nShows flags\.\n/);
  assert.match(error.message, /--model\.model-dim <number|integer>\s+width, channels \[8\]/);
  assert.match(error.message, /--no-model\.tied\s+whether embedding/);
  assert.match(error.message, /--method <asp\|self-play>\s+algorithm \[asp\]/);
});

Deno.test("readConfig() keeps a hostile key of a file out of every prototype", async () => {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dir}/a.json`, '{"__proto__": {"polluted": 1}}');
  await refusal("a", "--config", `${dir}/a.json`);
  assert.equal(Reflect.get({}, "polluted"), undefined);
  await Deno.remove(dir, { recursive: true });
});
