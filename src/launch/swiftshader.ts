/**
 * SwiftShader: a software Vulkan driver and loader that can be had without root.
 *
 * Both are part of the npm package `@sparticuz/chromium`. It is installed once into a throw-away project, the three
 * files that matter are kept in the cache folder, and the rest is removed.
 *
 * @module
 */
import { brotliDecompressSync } from "node:zlib";
import { sha256Hex } from "../base/mod.ts";
import { writeFile, writeNote } from "../run/mod.ts";

const PACKAGE = "@sparticuz/chromium";
const VERSION = "153.0.0";
const ARCHIVE_SHA256 = "b680e40a33235ecc6ad4c6897a168b70ce5164f0d62d2a64d675320d51614631";
const MANIFEST = "vk_swiftshader_icd.json";
const FILES = ["libvk_swiftshader.so", "libvulkan.so.1", MANIFEST];

/** A fetched driver. */
export interface FetchedDriver {
  /** Folder with the Vulkan loader. */
  readonly folder: string;
  /** File that tells a loader where the driver is. */
  readonly manifest: string;
}

/**
 * Finds SwiftShader in the cache, and fetches it first if it is not there.
 *
 * @param cache Absolute path of the cache folder.
 * @returns Where it is; undefined where the package has no build.
 * @throws {Error} If the package cannot be installed or is not the one that was checked.
 */
export async function fetchSwiftshader(cache: string): Promise<FetchedDriver | undefined> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") return undefined;
  const folder = `${cache}/swiftshader-${VERSION}`;
  const manifest = `${folder}/${MANIFEST}`;
  if (!await isFile(manifest)) await fetchInto(folder, cache);
  return { folder, manifest };
}

/** Whether there is a file of that name. */
export async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

async function fetchInto(dir: string, cache: string): Promise<void> {
  writeNote(
    "No Vulkan driver found: fetching a loader and SwiftShader, a software driver (once, about 70 MB) …",
  );
  const project = `${cache}/fetch-${Deno.pid}.tmp`;
  try {
    const archive = await installPackage(project);
    if (sha256Hex(archive) !== ARCHIVE_SHA256) {
      throw new Error(
        `Cannot use ${PACKAGE} ${VERSION}: expected the checked archive, found another`,
      );
    }
    const { parseTar } = await import("nanotar");
    const entries = new Map(parseTar(brotliDecompressSync(archive)).map((e) => [e.name, e.data]));
    for (const name of FILES) { // the manifest comes last: where it is, all is
      const data = entries.get(name);
      if (!data) {
        throw new Error(`Cannot unpack ${PACKAGE} ${VERSION}: expected ${name}, found none`);
      }
      await writeFile(`${dir}/${name}`, data);
    }
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}

/** Installs the package into a folder of its own and returns the driver's archive. */
async function installPackage(project: string): Promise<Uint8Array> {
  await writeFile(
    `${project}/package.json`,
    JSON.stringify({ dependencies: { [PACKAGE]: VERSION } }),
  );
  await writeFile(`${project}/deno.json`, JSON.stringify({ nodeModulesDir: "auto", lock: false }));
  const install = new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: project,
    stdout: "null",
    stderr: "inherit",
  });
  const { success } = await install.output();
  if (!success) throw new Error(`Cannot install ${PACKAGE} ${VERSION}: see above`);
  return await Deno.readFile(`${project}/node_modules/${PACKAGE}/bin/swiftshader.tar.br`);
}
