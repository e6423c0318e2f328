/**
 * The secret that a server asks for. It is never written anywhere, nor given on the command line, where others can see it.
 *
 * @module
 */
import { ConfigError } from "../base/mod.ts";

/**
 * Reads the key from a file, or from a variable of the environment, whichever is named.
 *
 * @returns undefined if neither is named.
 * @throws {ConfigError} If there is no key where it was said to be.
 */
export async function readKey(
  { keyFile, keyEnv }: { readonly keyFile: string; readonly keyEnv: string },
): Promise<string | undefined> {
  if (keyFile === "" && keyEnv === "") return undefined;
  const place = keyFile === "" ? `variable ${keyEnv}` : keyFile;
  const text = keyFile === "" ? Deno.env.get(keyEnv) ?? "" : await readFile(keyFile);
  const key = text.trim();
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new ConfigError(`Cannot use the key of ${place}: expected one word, found something else`);
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new ConfigError(`Cannot use the key of ${path}: expected a file`, { cause });
  }
}
