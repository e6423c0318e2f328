/**
 * The `gpu` section: how kernels are chosen.
 *
 * @module
 */
import { z } from "zod";

/** Settings of the GPU. */
export const GpuSection = z.strictObject({
  autotune: z.enum(["on", "off"]).default("on")
    .describe(
      "on: time kernel variants once per GPU and keep the fastest; software adapters and off: defaults",
    ),
});

/** A resolved `gpu` section. */
export type GpuSection = Readonly<z.output<typeof GpuSection>>;
