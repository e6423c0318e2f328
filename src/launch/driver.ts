/**
 * Finds something that speaks WebGPU: a GPU, the system's software driver, or one fetched without root.
 *
 * @module
 */
import { fetchSwiftshader, isFile } from "./swiftshader.ts";

/** What a child process is to run its kernels on. */
export interface Driver {
  /** Variables to be set before the child starts. */
  readonly env: Readonly<Record<string, string>>;
  /** One line for the person: the adapter and how to get a faster one. */
  readonly note: string;
}

/** What WebGPU tells about an adapter. */
export interface AdapterInfo {
  /** Its name. */
  readonly description: string;
  /** Whether it is software. */
  readonly isFallbackAdapter: boolean;
}

/** Variables to be set before a process starts. */
type Environment = Readonly<Record<string, string>>;

/** Where GPU containers keep a driver that the loader does not look for. */
const CONTAINER_DRIVER = "/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json";

/**
 * Finds a driver; a GPU's own is never overridden.
 *
 * @param cache Absolute path of a folder to keep a fetched driver in.
 */
export async function findDriver(cache: string): Promise<Driver> {
  const env = baseEnv(cache);
  for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
  const system = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (system && !system.info.isFallbackAdapter) return driver(env, system.info);
  const hidden: Environment[] = await isFile(CONTAINER_DRIVER)
    ? [driverFiles(CONTAINER_DRIVER)]
    : [];
  const found = await firstAdapter(env, hidden);
  if (found) return found;
  if (system) return driver(env, system.info);
  return await fetchedDriver(cache, env, hidden);
}

/** With the fetched loader: a driver that only lacked a loader, else the fetched one. */
async function fetchedDriver(
  cache: string,
  env: Environment,
  hidden: readonly Environment[],
): Promise<Driver> {
  try {
    const fetched = await fetchSwiftshader(cache);
    if (!fetched) return { env, note: NO_DRIVER_NOTE };
    const withLoader = { ...env, LD_LIBRARY_PATH: fetched.folder };
    const software = driverFiles(fetched.manifest);
    const found = await firstAdapter(withLoader, [...hidden, {}, software]);
    return found ?? { env, note: NO_DRIVER_NOTE };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { env, note: `${NO_DRIVER_NOTE} (${reason})` };
  }
}

/** The first of several environments that leads to an adapter. */
async function firstAdapter(
  env: Environment,
  choices: readonly Environment[],
): Promise<Driver | undefined> {
  for (const choice of choices) {
    const whole = { ...env, ...choice };
    const probe = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-config", new URL("./probe.ts", import.meta.url).href],
      env: whole,
      stderr: "null",
    });
    const text = new TextDecoder().decode((await probe.output()).stdout);
    if (text) return await driver(whole, JSON.parse(text) as AdapterInfo);
  }
  return undefined;
}

async function driver(env: Environment, info: AdapterInfo): Promise<Driver> {
  return { env, note: adapterNote(info, info.isFallbackAdapter && await hasRecentMesa()) };
}

function driverFiles(manifest: string): Environment {
  return { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest };
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
  info: AdapterInfo,
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
