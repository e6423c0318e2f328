/**
 * What the data files hold: tasks (a correct program with tests) and bugs (a wrong version of one).
 *
 * The zod schemas are the definition; types are inferred from them. Test values are JSON with explicit encodings for
 * what JSON cannot hold (see `encodeValue` of the sandbox).
 *
 * @module
 */
import { z } from "zod";
import type { Json } from "../base/mod.ts";

/** A JavaScript value in the tagged JSON of the sandbox's `encodeValue`. */
export type Encoded = Json;

const encoded: z.ZodType<Encoded> = z.json();

/** A programming language that tasks are written in. */
export const Language = z.enum(["js", "ts", "py"]);
/** A programming language that tasks are written in. */
export type Language = z.output<typeof Language>;

/** One call of the entry function and what it must return. */
export const CallCase = z.strictObject({ args: z.array(encoded), expected: encoded });
/** One call of the entry function and what it must return. */
export type CallCase = z.output<typeof CallCase>;

/** How a program is tested: call cases, a program text that throws on failure, or a suite that reports each test. */
export const TestSpec = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("cases"), cases: z.array(CallCase).min(1) }),
  z.strictObject({ kind: z.literal("program"), text: z.string() }),
  z.strictObject({ kind: z.literal("suite"), text: z.string() }),
]);
/** How a program is tested: call cases, a program text that throws on failure, or a suite that reports each test. */
export type TestSpec = z.output<typeof TestSpec>;

/** Which part of a corpus a task belongs to. */
export const Split = z.enum(["train", "validation", "test", "heldout-family"]);
/** Which part of a corpus a task belongs to. */
export type Split = z.output<typeof Split>;

/** A problem, its reference solution and its tests. */
export const Task = z.strictObject({
  id: z.string().min(1),
  /** Where it comes from: a repository, a data set, or the generator's name. */
  origin: z.string(),
  license: z.string(),
  language: Language,
  /** Name of the function or class under test. */
  entry: z.string(),
  problem: z.string(),
  solution: z.string(),
  tests: TestSpec,
  /** Decide with `tests` whether a repair counts; never shown to a model. */
  hiddenTests: TestSpec.optional(),
  /** Code that must stand before the program and is not part of what is repaired. */
  prelude: z.string().optional(),
  /** Kind of problem, for reports by family. */
  family: z.string().optional(),
  /** Hash of the skeleton, the unit of splitting. */
  skeleton: z.string().optional(),
  split: Split.optional(),
  /** Difficulty from 1 to 3, for a curriculum. */
  level: z.int().min(1).max(3).optional(),
});
/** A problem, its reference solution and its tests. */
export type Task = z.output<typeof Task>;

/** A program that runs and fails at least one test of its task. */
export const Bug = z.strictObject({
  id: z.string().min(1),
  taskId: z.string().min(1),
  /** `human`, `human-edited-lm` or `lm:<model>`. */
  source: z.string().regex(
    /^(human|human-edited-lm|lm:.+)$/,
    "expected human, human-edited-lm or lm:<model>",
  ),
  origin: z.string(),
  license: z.string(),
  buggy: z.string(),
  author: z.string().optional(),
  /** When a person saved it, ISO 8601. */
  createdAt: z.iso.datetime().optional(),
  /** Of a `human-edited-lm` bug: the id of the model's program that was edited. */
  editedFrom: z.string().optional(),
  /** The task itself, where the bug stands alone. */
  task: Task.optional(),
});
/** A program that runs and fails at least one test of its task. */
export type Bug = z.output<typeof Bug>;
