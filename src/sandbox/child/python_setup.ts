/**
 * Prepares the Python interpreter once: copies it from the npm package and takes a memory snapshot after start-up.
 *
 * A program of its own, started by python.ts of the host with the right to read, and to write the cache folder. Prints the
 * folder. Arguments: the cache folder.
 *
 * @module
 */

const VERSION = "314.0.7";
const FILES = [
  "pyodide.mjs",
  "pyodide.asm.mjs",
  "pyodide.asm.wasm",
  "python_stdlib.zip",
  "pyodide-lock.json",
];
/** Modules that programs use most; with them in the snapshot an import takes no time. */
const PRELOADED =
  "abc bisect collections contextlib copy dataclasses datetime decimal enum fractions functools hashlib heapq inspect io " +
  "itertools json math operator random re statistics string textwrap time traceback types typing unittest unittest.mock";

interface Pyodide {
  runPython(code: string): unknown;
  makeMemorySnapshot(): Uint8Array;
  readonly _api: { readonly config: { readonly indexURL: string } };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

async function main(cache: string): Promise<void> {
  await Deno.mkdir(cache, { recursive: true });
  const root = await Deno.realPath(cache);
  const folder = `${root}/pyodide-${VERSION}`;
  if (!await exists(`${folder}/snapshot.bin`)) await prepare(root, folder);
  Deno.stdout.writeSync(new TextEncoder().encode(folder));
}

async function prepare(root: string, folder: string): Promise<void> {
  const { loadPyodide } = await import(`npm:pyodide@${VERSION}`);
  const python: Pyodide = await loadPyodide({ _makeSnapshot: true });
  python.runPython(`import ${PRELOADED.split(" ").join(", ")}`);
  const partial = await Deno.makeTempDir({ dir: root, prefix: "partial-" });
  const from = python._api.config.indexURL;
  for (const file of FILES) await Deno.copyFile(`${from}/${file}`, `${partial}/${file}`);
  await Deno.writeFile(`${partial}/snapshot.bin`, python.makeMemorySnapshot());
  for (const file of [...FILES, "snapshot.bin"]) await Deno.chmod(`${partial}/${file}`, 0o644);
  await Deno.chmod(partial, 0o755);
  try {
    await Deno.rename(partial, folder);
  } catch (error) {
    await Deno.remove(partial, { recursive: true });
    if (!await exists(folder)) throw error; // else another process was faster
  }
}

await main(Deno.args[0]!);
Deno.exit(0);
