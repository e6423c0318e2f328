/**
 * Implementations of WebGPU: Deno's own, and Dawn (Chrome's) from the npm package `webgpu`, which offers what Deno's does
 * not, such as matrices that a subgroup multiplies at once.
 *
 * @module
 */
import { ConfigError } from "../base/mod.ts";

/** Whose WebGPU. */
export type Backend = "deno" | "dawn";

/**
 * The package. It is not among the imports of `deno.json` and no constant to the type checker, or every fresh clone would
 * fetch its 130 MB; for the same reason `deno.lock` does not name it.
 */
export const DAWN_PACKAGE: string = "npm:webgpu@0.6.2";

/** Experimental features are hidden without the first, arithmetic in half precision on NVIDIA's GPUs without the second. */
const DAWN_OPTIONS = ["enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia"];

/**
 * The entry point of a backend, as `navigator.gpu`.
 *
 * @throws {ConfigError} If the package of a backend cannot be loaded.
 */
export async function loadBackend(backend: Backend): Promise<GPU | undefined> {
  if (backend === "deno") return navigator.gpu;
  try {
    const { create } = await import(DAWN_PACKAGE) as { create(options: readonly string[]): GPU };
    return create(DAWN_OPTIONS);
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new ConfigError(
      `Cannot load gpu.backend dawn: expected the npm package webgpu and --allow-ffi, found: ${reason}`,
      { cause },
    );
  }
}

/**
 * A kernel's source as a backend wants it, with the directives that kernels leave out since they depend on it: both
 * compilers demand one for f16, whose name therefore stands in no other kernel; Deno's knows subgroups without being told
 * and rejects the directive; Dawn's demands one for each extension, and objects to control flow that it cannot prove to be
 * uniform.
 */
export function sourceFor(backend: Backend, source: string): string {
  const code = source.replaceAll(/\/\/.*$/gm, "");
  const subgroups = backend === "dawn" && /\bsubgroup/.test(code);
  const matrices = subgroups && /\bsubgroup_matrix_/.test(code);
  const extensions = [
    ...(/\bf16\b/.test(code) ? ["f16"] : []),
    ...(subgroups ? ["subgroups"] : []),
    ...(matrices ? ["chromium_experimental_subgroup_matrix"] : []),
  ];
  const checks = [
    ...(subgroups ? ["subgroup_uniformity"] : []),
    ...(matrices ? ["chromium.subgroup_matrix_uniformity"] : []),
  ];
  const directives = [
    ...extensions.map((name) => `enable ${name};`),
    ...checks.map((name) => `diagnostic(off, ${name});`),
  ];
  return [...directives, source].join(" "); // on the first line, so that messages keep their lines
}
