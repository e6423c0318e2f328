/**
 * One GPU for a test file, or a loud skip where the machine has none.
 *
 * @module
 */
import { type Gpu, openGpu } from "../../src/gpu/mod.ts";

const gpu: Gpu | undefined = await openGpu().catch((error) => {
  // deno-lint-ignore no-console -- a missing adapter must be seen
  console.warn(`SKIPPED GPU TESTS: ${error.message}`);
  return undefined;
});

/** Registers a test that needs the GPU; it is reported as ignored where there is no adapter. */
export function gpuTest(name: string, test: (gpu: Gpu) => void | Promise<void>): void {
  Deno.test({
    name,
    ignore: gpu === undefined,
    sanitizeResources: false,
    sanitizeOps: false,
    fn: () => test(gpu!),
  });
}
