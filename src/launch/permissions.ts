/**
 * Permission flags for a child Deno, from a permission set of `deno.json`.
 *
 * A set names what a task needs wherever it runs. Three things only the command line knows: files outside the working
 * folder that the person names become readable; what `--out` and its like name becomes writable, as does the temporary
 * name that a file has until it is whole (renaming needs both permissions); and where `--model.url` names a server, that
 * server alone can be reached, and of the environment the variable of `--model.key-env` alone can be read.
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
    net: addressOf(settingOf("model.url", args, configs)),
    env: variableOf(settingOf("model.key-env", args, configs)),
  };
  const all: PermissionSet = { read: [], write: [], net: [], env: [], ...set };
  return Object.entries(all).flatMap(([kind, granted]) => {
    if (granted === true) return [`--allow-${kind}`];
    const list = [...(granted || []), ...more[kind] ?? []];
    const text = [...new Set(list)].map((item) => item.replaceAll(",", ",,")).join(",");
    return text ? [`--allow-${kind}=${text}`] : [];
  });
}

/**
 * What the command line, or else the last configuration file that says so, sets a flag to; empty if nothing does.
 *
 * @param flag Its name without the leading dashes, for example `model.key-env`.
 */
export function settingOf(
  flag: string,
  args: readonly string[],
  configs: readonly unknown[],
): string {
  const path = flag.split(".").map((part) =>
    part.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
  );
  const inConfig = (config: unknown): unknown =>
    path.reduce<unknown>(
      (value, key) => typeof value === "object" ? Object(value)[key] : undefined,
      config,
    );
  const given = [...configs.map(inConfig), ...valuesOf(args, (name) => name === `--${flag}`)];
  return given.findLast((value) => typeof value === "string") ?? "";
}

/** Whether the command line or a configuration file asks for WebGPU from a native library, which needs `--allow-ffi`. */
export function wantsNativeGpu(args: readonly string[], configs: readonly unknown[]): boolean {
  return settingOf("gpu.backend", args, configs) === "dawn";
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

/** Host and port of an address, as a list of at most one. */
function addressOf(url: string): string[] {
  if (!URL.canParse(url)) return []; // the task will say
  const { protocol, hostname, port } = new URL(url);
  return [`${hostname}:${port || (protocol === "https:" ? 443 : 80)}`];
}

/** The name of an environment variable, as a list of at most one. */
function variableOf(name: string): string[] {
  return /^[A-Za-z_]\w*$/.test(name) ? [name] : [];
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
