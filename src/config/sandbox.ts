/**
 * The `sandbox` section: limits of one judged program and how many are judged at once.
 *
 * @module
 */
import { z } from "zod";

/** Limits and pool size of the sandbox. */
export const SandboxConfig = z.strictObject({
  children: z.number().int().min(0).max(256).default(0)
    .describe("programs judged at once; 0 means one for each CPU core"),
  wallMs: z.number().int().min(50).max(600_000).default(2000)
    .describe("time limit of one program over all its tests, milliseconds"),
  memoryMb: z.number().int().min(16).max(4096).default(64)
    .describe("heap limit of one program, MiB"),
  outputBytes: z.number().int().min(1024).max(64 * 2 ** 20).default(2 ** 20)
    .describe("most that one program may answer before it is stopped, bytes"),
  cacheEntries: z.number().int().min(0).default(20_000)
    .describe("verdicts remembered by the hash of program, tests and limits"),
  screen: z.boolean().default(true)
    .describe("find failing programs in a shared process where only passing counts"),
  pythonCache: z.string().default(".cache/python")
    .describe("folder that keeps the Python interpreter, which is downloaded at first use"),
});

/** A resolved `sandbox` section. */
export type SandboxConfig = Readonly<z.output<typeof SandboxConfig>>;
