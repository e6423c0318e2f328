/**
 * Reads run directories. Writes nothing, and takes a line that is still being written for no line.
 *
 * @module
 */
import { readRunRecord, type RunRecord } from "../run/mod.ts";

/** A line of a JSONL file. */
export type Line = Readonly<Record<string, unknown>>;

/** What the list of runs tells of one. */
export interface RunSummary {
  /** Name of its directory. */
  readonly id: string;
  /** The command that made it. */
  readonly command: string;
  /** When it was first started, ISO 8601. */
  readonly startedAt: string;
  /** When its metrics last grew, ISO 8601. */
  readonly updatedAt: string;
  /** Whether its report is written, and no step after it. */
  readonly finished: boolean;
  /** Step of its newest metrics line, or null. */
  readonly step: number | null;
}

/** A run in full. */
export interface RunDetails extends RunSummary {
  /** What `config.json` holds. */
  readonly record: RunRecord;
  /** Names of its checkpoints. */
  readonly checkpoints: readonly string[];
  /** What `report.json` holds, or null. */
  readonly report: unknown;
  /** Lines of `eval.jsonl`. */
  readonly evaluations: readonly Line[];
}

const RUN_ID = /^\w[\w.+-]*$/;
const MAX_METRICS = 5000;
const TAIL_BYTES = 2 ** 20;

/** Whether a text can be the name of a run; it cannot lead out of the runs' folder. */
export function isRunId(id: string): boolean {
  return RUN_ID.test(id);
}

/** All runs below a folder, the newest first. */
export async function listRuns(root: string): Promise<RunSummary[]> {
  const ids = (await namesIn(root)).filter(isRunId);
  const found = await Promise.all(ids.map((id) => summarize(root, id).catch(() => undefined)));
  return found.filter((run) => run !== undefined)
    .sort((a, b) => a.startedAt < b.startedAt ? 1 : -1);
}

/** A run in full; undefined if there is none of that name. */
export async function readRun(root: string, id: string): Promise<RunDetails | undefined> {
  const dir = `${root}/${id}`;
  const record = isRunId(id) ? await readRunRecord(dir) : undefined;
  const summary = await summarize(root, id);
  if (!record || !summary) return undefined;
  const checkpoints = (await namesIn(`${dir}/checkpoints`)).filter((name) =>
    !name.endsWith(".tmp")
  );
  return {
    ...summary,
    record,
    checkpoints: checkpoints.sort((a, b) => stepOfName(a) - stepOfName(b)),
    report: summary.finished ? JSON.parse(await Deno.readTextFile(`${dir}/report.json`)) : null,
    evaluations: parseLines(await readTail(`${dir}/eval.jsonl`)),
  };
}

/** Whether there is a run of that name. */
export async function hasRun(root: string, id: string): Promise<boolean> {
  if (!isRunId(id)) return false;
  return await Deno.stat(`${root}/${id}/config.json`).then((info) => info.isFile, () => false);
}

/** Metrics lines of the steps after one, at most {@linkcode MAX_METRICS} of them. */
export async function readMetrics(root: string, id: string, after: number): Promise<Line[]> {
  const lines = parseLines(await readText(`${root}/${id}/metrics.jsonl`));
  return lines.filter(({ step }) => typeof step === "number" && step > after)
    .slice(0, MAX_METRICS);
}

/** The last rollouts of a run, the newest first. */
export async function lastRollouts(root: string, id: string, count: number): Promise<Line[]> {
  const folder = `${root}/${id}/rollouts`;
  const files = (await namesIn(folder)).filter((name) => name.endsWith(".jsonl")).sort().reverse();
  const rollouts: Line[] = [];
  for (const file of files) {
    if (rollouts.length >= count) break;
    rollouts.push(...parseLines(await readTail(`${folder}/${file}`)).reverse());
  }
  return rollouts.slice(0, count);
}

async function summarize(root: string, id: string): Promise<RunSummary | undefined> {
  const dir = `${root}/${id}`;
  const record = isRunId(id) ? await readRunRecord(dir) : undefined;
  if (!record) return undefined;
  const metrics = await Deno.stat(`${dir}/metrics.jsonl`).catch(() => undefined);
  const report = await Deno.stat(`${dir}/report.json`).catch(() => undefined);
  const last = parseLines(await readTail(`${dir}/metrics.jsonl`)).at(-1)?.step;
  return {
    id,
    command: record.command,
    startedAt: record.startedAt,
    updatedAt: metrics?.mtime?.toISOString() ?? record.startedAt,
    finished: Number(report?.mtime ?? -1) >= Number(metrics?.mtime ?? 0),
    step: typeof last === "number" ? last : null,
  };
}

/** The lines that are complete JSON objects. */
function parseLines(text: string): Line[] {
  return text.split("\n").flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null ? [value as Line] : [];
    } catch {
      return []; // empty, or not yet written to its end
    }
  });
}

/** The end of a file, cut at a line. */
async function readTail(path: string): Promise<string> {
  try {
    using file = await Deno.open(path);
    const { size } = await file.stat();
    if (size <= TAIL_BYTES) return await new Response(file.readable).text();
    await file.seek(size - TAIL_BYTES, Deno.SeekMode.Start);
    const text = await new Response(file.readable).text();
    return text.slice(text.indexOf("\n") + 1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch((error: unknown) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function stepOfName(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? -1);
}
