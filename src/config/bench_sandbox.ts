/**
 * What `bench sandbox` measures.
 *
 * @module
 */
import { z } from "zod";
import { SandboxConfig } from "./sandbox.ts";

/** Settings of `bench sandbox`. */
export const BenchSandboxConfig = z.strictObject({
  jobs: z.int().min(10).default(200).describe("programs judged in each way, count"),
  sandbox: SandboxConfig.prefault({}),
}).meta({
  title: "bench sandbox",
  description: "Times verdicts next to the bare start-up time of a child.",
});

/** Resolved settings of `bench sandbox`. */
export type BenchSandboxConfig = Readonly<z.output<typeof BenchSandboxConfig>>;
