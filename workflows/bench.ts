/**
 * Measures one part of the system; each part is a page of its own.
 *
 *   deno task bench kernels --only matmul --json
 *
 * @module
 */
import { ConfigError } from "../src/base/mod.ts";
import { runMain } from "../src/run/mod.ts";

/** The parts, loaded when asked for. */
const PARTS: Readonly<Record<string, () => Promise<{ main(args: readonly string[]): unknown }>>> = {
  kernels: () => import("./bench_kernels.ts"),
  sample: () => import("./bench_sample.ts"),
  sandbox: () => import("./bench_sandbox.ts"),
  similarity: () => import("./bench_similarity.ts"),
  train: () => import("./bench_train.ts"),
};

/** Runs the part that the first argument names with the other arguments. */
export async function main(args: readonly string[]): Promise<void> {
  const [part = "", ...rest] = args;
  const load = Object.hasOwn(PARTS, part) ? PARTS[part] : undefined;
  if (!load) {
    throw new ConfigError(
      `Cannot bench "${part}": expected one of ${Object.keys(PARTS).join(", ")}`,
    );
  }
  await (await load()).main(rest);
}

if (import.meta.main) await runMain(main);
