/**
 * The profile of a step in its run directory.
 *
 * @module
 */
import { profileOf, profileTable } from "../bench/mod.ts";
import type { Gpu } from "../gpu/mod.ts";
import type { Run } from "../run/mod.ts";

/**
 * Does something, and writes where the GPU's time went meanwhile into `profile.json` and `profile.md`.
 *
 * A GPU that was opened without `profile` measures nothing, and nothing is written.
 */
export async function profiled<T>(gpu: Gpu, run: Run, work: () => Promise<T>): Promise<T> {
  const { timer } = gpu;
  if (!timer) return await work();
  await timer.read(); // what was measured before is not this work's
  const result = await work();
  const profile = profileOf(await timer.read());
  await run.write("profile.json", `${JSON.stringify(profile, null, 2)}\n`);
  await run.write("profile.md", profileTable(profile));
  return result;
}
