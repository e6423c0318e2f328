/**
 * Which tokens end a text, as a checkpoint says.
 *
 * @module
 */
import { z } from "zod";
import { CheckpointError } from "../base/mod.ts";
import type { Checkpoint } from "./checkpoint.ts";

const id = z.int().nonnegative();
const Defaults = z.looseObject({ ["eos_token_id"]: z.union([id, z.array(id)]).nullish() });

/**
 * Ids of the tokens that end a text: `eos_token_id` of `generation_config.json`, else of `config.json`; none if neither
 * has it.
 *
 * @throws {CheckpointError} If the field is neither an id nor a list of ids.
 */
export function endTokens(checkpoint: Pick<Checkpoint, "dir" | "files" | "configJson">): number[] {
  const { dir, files, configJson } = checkpoint;
  const generation = files.get("generation_config.json");
  const own = generation === undefined
    ? []
    : readField(parseJson(generation, dir), `${dir}/generation_config.json`);
  return own.length > 0 ? own : readField(configJson, `${dir}/config.json`);
}

function parseJson(text: string, dir: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`Cannot read ${dir}/generation_config.json: expected JSON`, {
      cause,
    });
  }
}

function readField(value: unknown, path: string): number[] {
  const result = Defaults.safeParse(value);
  if (!result.success) {
    throw new CheckpointError(`Cannot read ${path}: eos_token_id: expected an id or a list of ids`);
  }
  return [result.data.eos_token_id ?? []].flat();
}
