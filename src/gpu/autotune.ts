/**
 * Chooses between kernels that compute the same thing by timing them once per adapter.
 *
 * A problem is one kind of work at one class of shapes; its candidates agree within rounding. What was found is kept
 * where the caller says, under a name that changes with the adapter, the runtime and the kernels' sources, so a run
 * that is resumed computes with the kernels it was started with.
 *
 * @module
 */
import { canonicalJson, sha256Hex } from "../base/mod.ts";
import type { Gpu } from "./gpu.ts";
import type { Pass } from "./pass.ts";

/** One way to do the work of a problem. */
export interface Candidate {
  /** Name by which a choice is kept. */
  readonly name: string;
  /** Encodes the work once. */
  encode(pass: Pass): void;
}

/** Candidates with the tensors they work on. */
export interface Trial extends Disposable {
  /** At least one. */
  readonly candidates: readonly Candidate[];
}

/** Work for which a candidate is to be chosen. */
export interface Problem {
  /** Key of the choice, such as `matmul/nt/12/8/7`. */
  readonly key: string;
  /** Sources of the kernels; a choice is forgotten when they change. */
  readonly sources: readonly string[];
  /** Allocates what the candidates need. */
  open(): Trial;
}

/** Keeps choices between runs, as JSON by name. */
export interface ChoiceStore {
  /** What was written under this name, or undefined. */
  read(name: string): Promise<unknown>;
  /** Keeps it. */
  write(name: string, choices: Readonly<Record<string, string>>): Promise<void>;
}

/** Least time of one measurement; waiting for the GPU alone costs about 11 ms. */
const TARGET_MS = 60;
/** How many times slower than the best a candidate's first run may be. */
const HOPELESS = 4;
/** Measurements of each candidate, taken in turn. */
const ROUNDS = 3;
/** Repetitions in one measurement beyond which it is long enough in any case. */
const MOST_REPEATS = 1024;

/**
 * Fills `gpu.choices` for problems: from the store where they are known, else by timing, which is then stored.
 *
 * @param gpu Choices that are already made are left alone.
 * @param problems The work to come; problems with one key are tuned once.
 */
export async function autotune(
  gpu: Gpu,
  problems: readonly Problem[],
  store: ChoiceStore,
): Promise<void> {
  const names = new Set(problems.map((problem) => choicesName(gpu, problem.sources)));
  for (const name of names) {
    const known = readChoices(await store.read(name));
    const found: Record<string, string> = { ...known };
    for (const problem of problems) {
      if (choicesName(gpu, problem.sources) !== name || gpu.choices.has(problem.key)) continue;
      found[problem.key] ??= await fastest(gpu, problem);
      gpu.choices.set(problem.key, found[problem.key]!);
    }
    if (Object.keys(found).length > Object.keys(known).length) await store.write(name, found);
  }
}

/** Times the candidates of a problem and returns the name of the fastest. */
export async function fastest(gpu: Gpu, problem: Problem): Promise<string> {
  using trial = problem.open();
  const timed: { candidate: Candidate; count: number; ms: number }[] = [];
  for (const candidate of await promising(gpu, trial.candidates)) {
    timed.push({ candidate, count: await enoughRepeats(gpu, candidate), ms: Infinity });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const time of timed) {
      const ms = await measure(gpu, time.candidate, time.count) / time.count;
      time.ms = Math.min(time.ms, ms);
    }
  }
  return timed.reduce((best, time) => time.ms < best.ms ? time : best).candidate.name;
}

/** Compiles all candidates and leaves out those that one run shows to be far slower than the best. */
async function promising(gpu: Gpu, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const first: { candidate: Candidate; ms: number }[] = [];
  for (const candidate of candidates) {
    await measure(gpu, candidate, 1); // compiles
    first.push({ candidate, ms: await measure(gpu, candidate, 1) });
  }
  const limit = HOPELESS * Math.min(...first.map(({ ms }) => ms));
  return first.filter(({ ms }) => ms <= limit).map(({ candidate }) => candidate);
}

/** How often to repeat a candidate so that one measurement is long enough. */
async function enoughRepeats(gpu: Gpu, candidate: Candidate): Promise<number> {
  let count = 1;
  while (count < MOST_REPEATS && await measure(gpu, candidate, count) < TARGET_MS) count *= 4;
  return count;
}

/** Milliseconds from submitting `count` repetitions to their end. */
async function measure(gpu: Gpu, candidate: Candidate, count: number): Promise<number> {
  const pass = gpu.pass(`tune ${candidate.name}`);
  for (let i = 0; i < count; i++) candidate.encode(pass);
  const start = performance.now();
  pass.submit();
  await gpu.finish();
  return performance.now() - start;
}

function choicesName(gpu: Gpu, sources: readonly string[]): string {
  const { name, vendor, backend } = gpu.adapter;
  const runtime = Deno.version.deno; // its compiler turns WGSL into what the driver gets
  const hash = sha256Hex(canonicalJson({ name, vendor, backend, runtime, sources }));
  return `tuning-${hash.slice(0, 16)}`;
}

/** What a store returned, if it has the form of choices; a damaged file only means measuring again. */
function readChoices(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, name]) => typeof name === "string"));
}
