/**
 * Python on the host's side: the interpreter's folder, made at first use, and the children that run from it.
 *
 * @module
 */
import { SandboxError } from "../base/mod.ts";
import setupText from "./child/python_setup.ts" with { type: "text" };
import { Child, type ChildSpec } from "./child.ts";
import { childProgram } from "./child_program.ts";
import { asCurrentUser, type Isolation } from "./isolation.ts";

/** Heap that the interpreter itself needs, MiB. */
const INTERPRETER_MB = 192;

/**
 * How Python children are started; downloads and prepares the interpreter if this machine has none yet.
 *
 * @param cache Folder that keeps the interpreter.
 * @throws {SandboxError} If the interpreter cannot be had.
 */
export async function pythonSpec(
  isolation: Isolation,
  cache: string,
  memoryMb: number,
): Promise<ChildSpec> {
  const folder = await prepareInterpreter(isolation, cache);
  const spec: ChildSpec = {
    isolation,
    program: childProgram("python"),
    memoryMb: memoryMb + INTERPRETER_MB,
    threads: true,
    flags: [`--allow-read=${folder}`],
    args: [folder],
  };
  return await boots(spec) ? spec : { ...spec, isolation: asCurrentUser(isolation) };
}

/** Whether a child starts: the spare user may not be able to reach the interpreter's folder. */
async function boots(spec: ChildSpec): Promise<boolean> {
  await using child = new Child(spec);
  try {
    await child.ready;
    return true;
  } catch {
    return false;
  }
}

async function prepareInterpreter(isolation: Isolation, cache: string): Promise<string> {
  const [executable, ...layers] = isolation.plain;
  const flags = ["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--allow-read"];
  const program = `data:application/typescript;base64,${
    new TextEncoder().encode(setupText).toBase64()
  }`;
  const { success, stdout, stderr } = await new Deno.Command(executable!, {
    args: [...layers, ...flags, `--allow-write=${cache}`, program, cache],
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  const reason = new TextDecoder().decode(stderr).trim().split("\n")[0];
  throw new SandboxError(`Cannot prepare Python: ${reason}`);
}
