/**
 * One GPU for a test file, or a loud skip where the machine has none.
 *
 * @module
 */
import { Gpu, openGpu } from "../../src/gpu/mod.ts";

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

/** The same device as a GPU of its own that claims to be no software: it gets the kernels of real ones. */
export function asHardware(gpu: Gpu): Gpu {
  return new Gpu(gpu.device, { ...gpu.adapter, software: false }, {});
}
