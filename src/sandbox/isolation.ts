/**
 * What surrounds a child besides the permissions of Deno: resource limits, a spare user, namespaces.
 *
 * Nothing here is required. What the machine offers is found by trying it, and what it does not offer is named, so that
 * the host can say so once.
 *
 * @module
 */
import { SandboxError } from "../base/mod.ts";

/** A command line that starts Deno inside every layer that works here. */
export interface Isolation {
  /** Executable and leading arguments; the arguments of Deno follow. */
  readonly command: readonly string[];
  /** Layers in force, outermost first. */
  readonly layers: readonly string[];
  /** One sentence for each layer that is missing. */
  readonly missing: readonly string[];
  /** A command line that starts Deno outside of every layer, for the host's own programs. */
  readonly plain: readonly string[];
}

interface Layer {
  readonly name: string;
  /** Command lines to try, the first that works is taken. */
  readonly prefixes: readonly (readonly string[])[];
  readonly missing: string;
}

const MEBIBYTE = 2 ** 20;
/** Private memory that Deno needs besides the heap: it does not start below about 600 MB. */
const RUNTIME_BYTES = 936e6;
const NOBODY = "65534";

function layersFor(memoryMb: number, cpuSeconds: number): readonly Layer[] {
  const bytes = RUNTIME_BYTES + memoryMb * MEBIBYTE;
  return [
    {
      name: "prlimit",
      prefixes: [["prlimit", `--data=${bytes}`, `--cpu=${cpuSeconds}`, "--core=0", "--nofile=64"]],
      missing: "prlimit is missing: memory outside the JavaScript heap is not limited",
    },
    {
      name: "namespaces",
      prefixes: [
        ["unshare", "--net", "--ipc"],
        ["unshare", "--user", "--map-current-user", "--net", "--ipc"], // without being root
      ],
      missing:
        "network namespaces are not available: only Deno's permissions keep programs offline",
    },
    {
      name: "user",
      prefixes: [["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]],
      missing: "no spare user is available: programs run as the current user",
    },
    {
      name: "privileges",
      prefixes: [["setpriv", "--no-new-privs", "--pdeathsig=KILL"]],
      missing: "setpriv is missing: programs may outlive a killed host until their CPU limit",
    },
  ];
}

/** The name under which this process may start Deno: the full path, or `deno` where only that is allowed. */
function denoCommand(): string {
  const path = Deno.execPath();
  const state = Deno.permissions.querySync({ name: "run", command: path }).state;
  return state === "granted" ? path : "deno";
}

async function works(command: readonly string[]): Promise<boolean> {
  const [executable, ...args] = [...command, "--version"];
  try {
    const { success } = await new Deno.Command(executable!, {
      args,
      clearEnv: true,
      cwd: "/",
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false; // not found, or no permission to run it
  }
}

/** The first command line of a layer that works here. */
async function findPrefix(
  layer: Layer,
  path: string,
): Promise<{ readonly name: string; readonly prefix: readonly string[] } | undefined> {
  for (const prefix of layer.prefixes) {
    if (await works([...prefix, path])) return { name: layer.name, prefix };
  }
  return undefined;
}

/** One command line; neighbours that start the same tool become one start of it, which is a twentieth of a child's time. */
function joined(prefixes: readonly (readonly string[])[]): readonly string[] {
  return prefixes.flatMap(([tool, ...options], i) =>
    tool === prefixes[i - 1]?.[0] ? options : [tool!, ...options]
  );
}

/** The same isolation without the spare user, who cannot read the files of this one. */
export function asCurrentUser(isolation: Isolation): Isolation {
  const { command, layers } = isolation;
  return {
    ...isolation,
    command: command.filter((part) => !/^--(?:re[ug]id=|clear-groups)/.test(part)),
    layers: layers.filter((layer) => layer !== "user"),
  };
}

/**
 * Finds the layers that work here by starting Deno inside each of them.
 *
 * @param limits Heap in MiB and CPU time in seconds after which the system itself stops a child.
 * @throws {SandboxError} If Deno does not start even without any layer.
 */
export async function findIsolation(
  limits: { readonly memoryMb: number; readonly cpuSeconds: number },
): Promise<Isolation> {
  const layers = layersFor(limits.memoryMb, limits.cpuSeconds);
  const path = Deno.execPath();
  const found = (await Promise.all(layers.map((layer) => findPrefix(layer, path))))
    .filter((layer) => layer !== undefined);
  const names = found.map((layer) => layer.name);
  const missing = layers.filter(({ name }) => !names.includes(name)).map((layer) => layer.missing);
  const wrapped = [...joined(found.map((layer) => layer.prefix)), path];
  const plain = names.includes("prlimit") ? ["prlimit", "--core=0", path] : [denoCommand()];
  if (found.length > 0 && await works(wrapped)) {
    return { command: wrapped, layers: names, missing, plain };
  }
  if (await works(plain)) {
    return { command: plain, layers: [], missing: layers.map((layer) => layer.missing), plain };
  }
  throw new SandboxError(
    `Cannot run programs: ${plain[0]} did not start; expected permission to run it (--allow-run)`,
  );
}
