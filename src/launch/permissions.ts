/**
 * Permission flags for a child Deno, from a permission set of `deno.json`.
 *
 * A set names what a task needs wherever it runs. Two things only the command line knows: files outside the working
 * folder that the person names become readable, and what `--out` and its like name becomes writable, as does the temporary
 * name that a file has until it is whole (renaming needs both permissions).
 *
 * @module
 */

/** A permission set: for each kind everything, a list, or nothing. */
export type PermissionSet = Readonly<Record<string, boolean | readonly string[]>>;

/** Flags whose value is a file or folder to be written. */
const OUTPUT = /^--([\w-]+\.)*(out|junit|markdown|root)$/;

/**
 * Flags that grant a set, and the paths that the command line names.
 *
 * @param set The task's permission set.
 * @param args The task's command line.
 * @param configs Contents of the configuration files it names; absolute paths in them become readable.
 * @param beside Endings that stand in place of `.jsonl` in the names of further files beside each output.
 */
export function permissionFlags(
  set: PermissionSet,
  args: readonly string[],
  configs: readonly unknown[] = [],
  beside: readonly string[] = [],
): string[] {
  const outputs = outputPaths(args)
    .flatMap((path) => [path, ...beside.map((ending) => path.replace(/\.jsonl$/, "") + ending)])
    .flatMap((path) => [path, `${path}.tmp`]);
  const inputs = [...args.flatMap(values), ...configs.flatMap(leaves)].filter(isOutside);
  const more: Record<string, readonly string[]> = {
    read: [...inputs, ...outputs],
    write: outputs,
  };
  const all: PermissionSet = { read: [], write: [], ...set };
  return Object.entries(all).flatMap(([kind, granted]) => {
    if (granted === true) return [`--allow-${kind}`];
    const list = [...(granted || []), ...more[kind] ?? []];
    const text = [...new Set(list)].map((item) => item.replaceAll(",", ",,")).join(",");
    return text ? [`--allow-${kind}=${text}`] : [];
  });
}

/** Whether the command line or a configuration file asks for WebGPU from a native library, which needs `--allow-ffi`. */
export function wantsNativeGpu(args: readonly string[], configs: readonly unknown[]): boolean {
  const named = valuesOf(args, (name) => name === "--gpu.backend").at(-1);
  if (named !== undefined) return named === "dawn";
  return configs.some((config) =>
    (config as { gpu?: { backend?: unknown } } | null)?.gpu?.backend === "dawn"
  );
}

/** Files named by `--config`. */
export function configFiles(args: readonly string[]): string[] {
  return valuesOf(args, (name) => name === "--config");
}

function outputPaths(args: readonly string[]): string[] {
  return valuesOf(args, (name) => OUTPUT.test(name));
}

/** Values of the flags whose names pass, as `--name value` or `--name=value`. */
function valuesOf(args: readonly string[], wanted: (name: string) => boolean): string[] {
  return args.flatMap((arg, i) => {
    const [name = "", ...value] = arg.split("=");
    if (!wanted(name)) return [];
    if (value.length > 0) return [value.join("=")];
    const next = args[i + 1];
    return next === undefined ? [] : [next];
  });
}

/** An argument's text and, for `--name=value`, the value. */
function values(arg: string): string[] {
  const at = arg.indexOf("=");
  return arg.startsWith("--") ? (at < 0 ? [] : [arg.slice(at + 1)]) : [arg];
}

/** All texts inside a JSON value. */
function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** Whether a text is a path that leaves the working folder. */
function isOutside(text: string): boolean {
  return /^(\/|\.\.(\/|$))/.test(text) && !text.includes("\n");
}
