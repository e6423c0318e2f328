import assert from "node:assert/strict";
import { z } from "zod";
import * as config from "../../src/config/mod.ts";
import { commandSchemas, configDocs } from "../../src/config/mod.ts";
import { ROOT, sourceFiles } from "../support/source.ts";

const Section = z.strictObject({ size: z.int().default(2).describe("size | rows") });
const Zeta = z.strictObject({ part: Section.prefault({}) }).meta({ title: "zeta" });
const Alpha = z.strictObject({ file: z.string().describe("input") })
  .meta({ title: "alpha", description: "First.", positionals: ["FILE"] });

Deno.test("commandSchemas() finds the schemas that have a title, sorted by it", () => {
  const Frozen = z.strictObject({}).meta({ title: "frozen" }).readonly();
  const found = commandSchemas({ Section, Zeta, Frozen, Alpha, other: 1 });
  assert.deepEqual(Object.keys(found), ["alpha", "frozen", "zeta"]);
  assert.equal(found.alpha, Alpha);
});

Deno.test("configDocs() writes a section a command and a row a flag", () => {
  const text = configDocs([Alpha, Zeta]);
  assert.ok(text.includes("## alpha\n\n`deno task alpha FILE [flags]`\n\nFirst.\n\n| flag |"));
  assert.ok(text.includes("| `--file` | text | required | input |\n"));
  assert.ok(text.includes("| `--part.size` | integer | `2` | size \\| rows |\n"));
});

Deno.test("docs/config.md is what the schemas say", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/config.md`);
  assert.ok(
    page === configDocs(Object.values(commandSchemas(config))),
    "docs/config.md differs from the schemas; run `deno task docs`",
  );
});

Deno.test("every shipped configuration parses by its command's schema, or by train's", async () => {
  const schemas = commandSchemas(config);
  for (const { path } of await sourceFiles(["fixtures"], ".json")) {
    const command = /^fixtures\/config\/([a-z]+)/.exec(path)?.[1];
    if (command === undefined) continue;
    const schema = schemas[command] ?? schemas.train;
    assert.ok(schema, path);
    await config.readConfig(schema, ["--config", ROOT + path]);
  }
});
