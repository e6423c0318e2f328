/**
 * Rounds as they were learned from, exactly: token ids, log-probabilities, rewards.
 *
 * A file a round, JSON lines: a header, then a line a group. Log-probabilities are little-endian F32 in base64, for a
 * ratio that is off in the last bit gives another update; rewards are JSON numbers, which hold a float64 exactly.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../base/mod.ts";
import type { Episode, EpisodeGroup } from "../rl/mod.ts";

/** A round that can be learned from again. */
export interface DumpedRound {
  /** Place on the learning rate's schedule, in steps. */
  readonly at: number;
  readonly episodes: readonly EpisodeGroup[];
}

const Header = z.strictObject({ at: z.number() });

const Group = z.strictObject({
  role: z.enum(["generator", "fixer"]),
  id: z.string(),
  prompt: z.array(z.int()),
  episodes: z.array(z.strictObject({
    tokens: z.array(z.int()).min(1),
    logprobs: z.base64().optional(),
    reward: z.number(),
    outcome: z.number().optional(),
    similarity: z.number().optional(),
  })),
});

/** Name of a round's file in its run directory. */
export function dumpName(step: number): string {
  return `updates/${String(step).padStart(5, "0")}.jsonl`;
}

/** A round as the text of its file. */
export function dumpText({ at, episodes }: DumpedRound): string {
  const groups = episodes.map(({ episodes, ...group }) => ({
    ...group,
    episodes: episodes.map(({ logprobs, ...episode }) => ({
      ...episode,
      ...(logprobs && { logprobs: encodeF32(logprobs) }),
    })),
  }));
  return [{ at }, ...groups].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * Reads a round's file; undefined if there is none.
 *
 * @throws {ConfigError} If it is not one.
 */
export async function readDump(dir: string, step: number): Promise<DumpedRound | undefined> {
  const path = `${dir}/${dumpName(step)}`;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const [header, ...groups] = text.trimEnd().split("\n");
  const { at } = parseLine(Header, header!, path);
  return { at, episodes: groups.map((line) => asGroup(parseLine(Group, line, path))) };
}

function parseLine<T>(schema: z.ZodType<T>, line: string, path: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (cause) {
    throw new ConfigError(`Cannot read ${path}: expected a dumped round`, { cause });
  }
}

function asGroup({ episodes, ...group }: z.output<typeof Group>): EpisodeGroup {
  return {
    ...group,
    episodes: episodes.map(({ tokens, reward, logprobs, outcome, similarity }): Episode => ({
      tokens,
      reward,
      ...(logprobs !== undefined && { logprobs: decodeF32(logprobs) }),
      ...(outcome !== undefined && { outcome }),
      ...(similarity !== undefined && { similarity }),
    })),
  };
}

function encodeF32(values: ArrayLike<number>): string {
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  for (let i = 0; i < values.length; i++) bytes.setFloat32(4 * i, values[i]!, true);
  return new Uint8Array(bytes.buffer).toBase64();
}

function decodeF32(text: string): Float32Array {
  const bytes = new DataView(Uint8Array.fromBase64(text).buffer);
  return Float32Array.from(
    { length: bytes.byteLength / 4 },
    (_, i) => bytes.getFloat32(4 * i, true),
  );
}
