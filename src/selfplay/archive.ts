/**
 * What self-play remembers from round to round, as plain JSON: earlier bugs by hash, bugs worth playing again, and the
 * published shaping's baseline.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError, type Json } from "../base/mod.ts";

/** Bugs of one kind that are kept for replay; the oldest go first. */
const MOST_KEPT = 256;

const KeptBug = z.strictObject({
  taskId: z.string(),
  code: z.string(),
  order: z.int().min(1).max(2),
});

const ArchiveJson = z.strictObject({
  hashes: z.array(z.string()),
  sometimesSolved: z.array(KeptBug),
  failedRepairs: z.array(KeptBug),
  similarityBaseline: z.number().optional(),
});

/** A bug that is kept to be played again. */
export type KeptBug = z.output<typeof KeptBug>;

/** The memory of self-play; a round changes it. */
export interface Archive {
  /** Hashes of all bugs that were ever valid. */
  readonly hashes: Set<string>;
  /** Bugs that some repairs solved and others did not, oldest first. */
  sometimesSolved: KeptBug[];
  /** Repairs that failed and make bugs of their own, oldest first. */
  failedRepairs: KeptBug[];
  /** Running mean of the published similarity. */
  similarityBaseline: number | undefined;
}

/** The archive before the first round. */
export function emptyArchive(): Archive {
  return {
    hashes: new Set(),
    sometimesSolved: [],
    failedRepairs: [],
    similarityBaseline: undefined,
  };
}

/** Adds to a list of kept bugs, newest last, without duplicates; the oldest beyond 256 go. */
export function keepBugs(kept: readonly KeptBug[], fresh: readonly KeptBug[]): KeptBug[] {
  const unique = new Map<string, KeptBug>();
  for (const bug of [...kept, ...fresh]) {
    const key = `${bug.taskId}\n${bug.code}`;
    unique.delete(key);
    unique.set(key, bug);
  }
  return [...unique.values()].slice(-MOST_KEPT);
}

/** The archive as JSON. */
export function archiveToJson(archive: Archive): Json {
  const { hashes, sometimesSolved, failedRepairs, similarityBaseline } = archive;
  return {
    hashes: [...hashes],
    sometimesSolved,
    failedRepairs,
    ...(similarityBaseline === undefined ? {} : { similarityBaseline }),
  };
}

/**
 * The archive of {@linkcode archiveToJson}.
 *
 * @throws {ConfigError} If it is not one.
 */
export function archiveFromJson(value: unknown): Archive {
  const parsed = ArchiveJson.safeParse(value);
  if (!parsed.success) {
    throw new ConfigError(`Cannot read the archive: ${z.prettifyError(parsed.error)}`);
  }
  const { hashes, similarityBaseline, ...rest } = parsed.data;
  return { ...rest, hashes: new Set(hashes), similarityBaseline };
}
