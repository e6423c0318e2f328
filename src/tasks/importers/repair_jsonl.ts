/**
 * Repair tasks mined from repositories and data sets: `{id, source, group, language, entry, problem, prelude?, buggy,
 * fixed, test_kind, tests, meta}`, one a line.
 *
 * Items of one group are about one problem, so the group is the task's id. What tells how the bug was fixed (`meta`) is not
 * taken over, except for the model that wrote it.
 *
 * @module
 */
import { z } from "zod";
import { encodeValue } from "../../sandbox/mod.ts";
import { type Encoded, Language, type TestSpec } from "../types.ts";
import { importLines } from "./json_lines.ts";
import type { ImportedRecord, StandAloneBug } from "./record.ts";

const plainCase = z.object({ args: z.array(z.json()), expected: z.json() });

const common = z.object({
  id: z.string().min(1),
  source: z.enum(["human", "human-edit-of-lm", "lm"]),
  origin: z.string(),
  license: z.string(),
  language: Language,
  group: z.string().min(1),
  entry: z.string().min(1),
  problem: z.string(),
  prelude: z.string().optional(),
  buggy: z.string().min(1),
  fixed: z.string().min(1),
  meta: z.object({ model: z.string().optional() }),
});

const RepairItem = z.discriminatedUnion("test_kind", [
  common.extend({ test_kind: z.literal("cases"), tests: z.array(plainCase).min(1) }),
  common.extend({ test_kind: z.enum(["program", "suite"]), tests: z.string().min(1) }),
]);
type RepairItem = z.output<typeof RepairItem>;

/**
 * Reads a file of repair tasks.
 *
 * @throws {ConfigError} If the file cannot be opened.
 */
export function importRepairJsonl(path: string): AsyncGenerator<ImportedRecord> {
  return importLines(path, RepairItem, toBug);
}

function toBug(item: RepairItem): StandAloneBug {
  const { id, origin, license, language, entry, problem, prelude, group } = item;
  return {
    id,
    taskId: group,
    source: sourceOf(item),
    origin,
    license,
    buggy: item.buggy,
    task: {
      id: group,
      origin,
      license,
      language,
      entry,
      problem,
      solution: item.fixed,
      tests: testsOf(item),
      ...(prelude !== undefined && { prelude }),
    },
  };
}

function sourceOf({ source, meta }: RepairItem): string {
  if (source === "lm") return `lm:${meta.model ?? "unknown"}`;
  return source === "human" ? "human" : "human-edited-lm";
}

/** Values stand in the file as plain JSON, where a `$` means nothing. */
function testsOf(item: RepairItem): TestSpec {
  if (item.test_kind !== "cases") return { kind: item.test_kind, text: item.tests };
  const cases = item.tests.map(({ args, expected }) => ({
    args: args.map((arg) => encodeValue(arg) as Encoded),
    expected: encodeValue(expected) as Encoded,
  }));
  return { kind: "cases", cases };
}
