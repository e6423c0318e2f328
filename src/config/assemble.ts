/**
 * Assembling a bench out of tasks and bugs of several sources.
 *
 * @module
 */
import { z } from "zod";
import { SandboxConfig } from "./sandbox.ts";

/** The whole configuration of `assemble`. */
export const AssembleConfig = z.strictObject({
  tasks: z.array(z.string()).min(1).describe("files of tasks with their splits"),
  human: z.array(z.string()).min(1).describe("files of bugs that people wrote"),
  edited: z.array(z.string()).min(1).describe("files of model drafts that people edited"),
  weak: z.array(z.string()).min(1).describe("files of a weak model's failed solutions"),
  strong: z.array(z.string()).min(1).describe("files of a stronger model's failed solutions"),
  splits: z.array(z.enum(["train", "validation", "test", "heldout-family"])).min(1)
    .default(["validation", "test", "heldout-family"]).describe("splits that are kept"),
  wallMs: z.int().min(50).default(2000).describe("time limit of one program, milliseconds"),
  out: z.string().min(1).describe("file of stand-alone bugs to write, JSON lines"),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "assemble",
  description: "Joins tasks with one bug of every source and verifies each by running it.",
}).readonly();

/** A resolved configuration of `assemble`. */
export type AssembleConfig = z.output<typeof AssembleConfig>;
