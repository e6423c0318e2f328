/**
 * Starts a task of `deno.json` with a Vulkan driver in its environment and only the task's permissions.
 *
 * Drivers are found by variables that must be set before a process starts, hence the second process. Its permissions
 * are the set named like the task (else `train`) and what its command line names.
 *
 *   deno run -q -P=launch workflows/launch.ts train --steps 2
 *
 * @module
 */
import { dirname } from "node:path";
import { readConfigFile } from "../src/config/mod.ts";
import {
  configFiles,
  countTests,
  findDriver,
  holdLeash,
  type Needs,
  needsOf,
  permissionFlags,
  type PermissionSet,
  wantsNativeGpu,
} from "../src/launch/mod.ts";
import { runMain, writeAll, writeNote } from "../src/run/mod.ts";

const ROOT = `${dirname(import.meta.dirname!)}/`;

/** Endings of files that a task writes beside the one that `--out` names. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  import: [".rejected.jsonl", ".train.jsonl", ".validation.jsonl", ".test.jsonl", ".card.md"],
};

/** Runs a task and ends as it ends. */
export async function main(args: readonly string[]): Promise<void> {
  const [task = "", ...rest] = args;
  const configs = await Promise.all(
    configFiles(rest).map((file) => readConfigFile(file).catch(() => ({}))), // the task will say
  );
  const needs = needsOf(task, rest, configs);
  const driver = needs.gpu ? await findDriver(`${ROOT}.cache`) : undefined;
  if (driver) writeNote(driver.note);
  const flags = await grants(needs, rest, configs);
  const command = task === "test"
    ? ["test", "--no-prompt", ...flags, ...rest]
    : ["run", "--quiet", "--no-prompt", `--preload=${ROOT}src/launch/preload.ts`, ...flags];
  const script = task === "test"
    ? []
    : [`${ROOT}workflows/${task.replaceAll("-", "_")}.ts`, ...rest];
  const child = new Deno.Command(Deno.execPath(), {
    args: [...command, ...script],
    env: { ...driver?.env },
    stdin: "inherit",
    stdout: task === "test" ? "piped" : "inherit",
    stderr: "inherit",
  }).spawn();
  using _ = forwardSignals(child);
  const output = task === "test" ? await copyToStdout(child.stdout) : "";
  const { success, code } = await child.status;
  if (task === "test") {
    const { passed, failed } = countTests(output, success);
    writeAll(Deno.stdout, `${passed} passed, ${failed} failed\n`);
  }
  Deno.exit(code);
}

/** Permission flags of a set; Deno itself may always be started, for the sandbox's children. */
async function grants(
  { permissions: name, gpu }: Needs,
  args: readonly string[],
  configs: readonly unknown[],
): Promise<string[]> {
  const { permissions } = await readConfigFile(`${ROOT}deno.json`) as {
    permissions: Record<string, PermissionSet>;
  };
  const set = permissions[name] ?? permissions.train ?? {};
  const run = Array.isArray(set.run) ? [Deno.execPath(), ...set.run] : set.run ?? false;
  const ffi = set.ffi || gpu && wantsNativeGpu(args, configs);
  const flags = permissionFlags({ ...set, run, ffi }, args, configs, BESIDE[name]);
  return ffi ? ["--no-lock", ...flags] : flags; // Dawn's package is fetched when asked for, unlocked
}

/** Passes on what asks a process to end, until disposed. */
function forwardSignals(child: Deno.ChildProcess): Disposable {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const listeners = signals.map((signal) => [signal, () => child.kill(signal)] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]() {
      for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}

/** Copies a stream to stdout as it comes and returns its text. */
async function copyToStdout(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    writeAll(Deno.stdout, chunk);
    text += chunk;
  }
  return text;
}

if (import.meta.main) {
  holdLeash();
  await runMain(main);
}
