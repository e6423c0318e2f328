/**
 * The `gpu` section: whose WebGPU computes, and how kernels are chosen.
 *
 * @module
 */
import { z } from "zod";

/** Settings of the GPU. */
export const GpuSection = z.strictObject({
  backend: z.enum(["deno", "dawn"]).default("deno").describe(
    "whose WebGPU computes: deno, Deno's own; dawn, the npm package webgpu, which knows tensor cores",
  ),
  autotune: z.enum(["on", "half", "off"]).default("on")
    .describe(
      "on: time kernel variants once per GPU and keep the fastest; half: in mixed precision also those that multiply in " +
        "half precision; software adapters and off: defaults",
    ),
});

/** A resolved `gpu` section. */
export type GpuSection = Readonly<z.output<typeof GpuSection>>;
