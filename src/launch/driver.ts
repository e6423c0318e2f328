/**
 * Finds something that speaks WebGPU: a GPU, the system's software driver, or one fetched without root.
 *
 * @module
 */
import { swiftshaderEnv } from "./swiftshader.ts";

/** What a child process is to run its kernels on. */
export interface Driver {
  /** Variables to be set before the child starts. */
  readonly env: Readonly<Record<string, string>>;
  /** One line for the person: the adapter and how to get a faster one. */
  readonly note: string;
}

/**
 * Finds a driver; a GPU's own is never overridden.
 *
 * @param cache Absolute path of a folder to keep a fetched driver in.
 */
export async function findDriver(cache: string): Promise<Driver> {
  const env = baseEnv(cache);
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return { env, note: adapterNote(adapter.info, await hasRecentMesa()) };
  try {
    const swiftshader = await swiftshaderEnv(cache);
    if (swiftshader) return { env: { ...env, ...swiftshader }, note: SWIFTSHADER_NOTE };
    return { env, note: NO_DRIVER_NOTE };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { env, note: `${NO_DRIVER_NOTE} (${reason})` };
  }
}

/** On Linux only Vulkan counts: the OpenGL fallback computes wrongly or not at all. */
function baseEnv(cache: string): Record<string, string> {
  if (Deno.build.os !== "linux") return {};
  return {
    DENO_WEBGPU_BACKEND: Deno.env.get("DENO_WEBGPU_BACKEND") ?? "vulkan",
    XDG_RUNTIME_DIR: Deno.env.get("XDG_RUNTIME_DIR") ?? cache, // unset, drivers print an error
  };
}

const MESA = "apt-get install mesa-vulkan-drivers";
const BACKPORTS = "Mesa 25, for example from Debian's backports, is about twice as fast as Mesa 22";
const SWIFTSHADER_NOTE =
  `GPU adapter: SwiftShader (software). A GPU, or Mesa's driver (${MESA}), is faster; ${BACKPORTS}.`;
const NO_DRIVER_NOTE = `GPU adapter: none found. Install a GPU's Vulkan driver or ${MESA}.`;

/**
 * One line about an adapter.
 *
 * @param info What WebGPU tells about it.
 * @param recentMesa Whether the system's Mesa is as fast as Mesa gets.
 */
export function adapterNote(
  info: { readonly description: string; readonly isFallbackAdapter: boolean },
  recentMesa: boolean,
): string {
  const name = info.description || "unnamed";
  if (!info.isFallbackAdapter) return `GPU adapter: ${name}.`;
  if (name.startsWith("SwiftShader")) return SWIFTSHADER_NOTE;
  return `GPU adapter: ${name} (software). A GPU is faster${recentMesa ? "" : `; ${BACKPORTS}`}.`;
}

/** Mesa's software driver says Vulkan 1.4 since version 25. */
async function hasRecentMesa(): Promise<boolean> {
  for (const name of ["lvp_icd.json", `lvp_icd.${Deno.build.arch}.json`]) {
    try {
      const manifest = JSON.parse(await Deno.readTextFile(`/usr/share/vulkan/icd.d/${name}`));
      return /^1\.[4-9]\./.test(String(manifest.ICD?.api_version));
    } catch {
      continue; // not installed under this name
    }
  }
  return false;
}
