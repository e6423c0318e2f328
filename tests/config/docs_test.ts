import assert from "node:assert/strict";
import { z } from "zod";
import { commandSchemas, configDocs } from "../../src/config/mod.ts";

const Section = z.strictObject({ size: z.int().default(2).describe("size | rows") });
const Zeta = z.strictObject({ part: Section.prefault({}) }).meta({ title: "zeta" });
const Alpha = z.strictObject({ file: z.string().describe("input") })
  .meta({ title: "alpha", description: "First.", positionals: ["FILE"] });

Deno.test("commandSchemas() finds the schemas that have a title, sorted by it", () => {
  assert.deepEqual(commandSchemas({ Section, Zeta, Alpha, other: 1 }), [Alpha, Zeta]);
});

Deno.test("configDocs() writes a section a command and a row a flag", () => {
  const text = configDocs([Alpha, Zeta]);
  assert.ok(text.includes("## alpha\n\n`deno task alpha FILE [flags]`\n\nFirst.\n\n| flag |"));
  assert.ok(text.includes("| `--file` | text | required | input |\n"));
  assert.ok(text.includes("| `--part.size` | integer | `2` | size \\| rows |\n"));
});
