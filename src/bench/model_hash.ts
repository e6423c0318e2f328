/**
 * What identifies a model: the content of every file that its answers depend on.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { CheckpointError, sha256Hex } from "../base/mod.ts";

/** Weights, shape, tokenizer and template; not what a training run keeps beside them. */
const RELEVANT =
  /^((generation_|tokenizer_)?config|tokenizer)\.json$|^chat_template\.jinja$|^model.*\.safetensors/;

/**
 * SHA-256 over names and contents of a model directory's files, read piece by piece.
 *
 * @throws {CheckpointError} If the directory cannot be read.
 */
export async function modelHash(dir: string): Promise<string> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(dir)) if (RELEVANT.test(name)) names.push(name);
  } catch (cause) {
    throw new CheckpointError(`Cannot read ${dir}: expected a model directory`, { cause });
  }
  const parts: string[] = [];
  for (const name of names.sort()) parts.push(`${name} ${await fileHash(`${dir}/${name}`)}\n`);
  return sha256Hex(parts.join(""));
}

/** SHA-256 of a file, read piece by piece. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}
