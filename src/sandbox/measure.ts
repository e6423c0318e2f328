/**
 * How fast the sandbox judges, next to the bare start-up time of a child.
 *
 * @module
 */
import type { SandboxConfig } from "../config/mod.ts";
import { bareStart } from "./child.ts";
import { Sandbox } from "./host.ts";
import type { CasesJob, ProgramJob } from "./types.ts";

/** One kind of work, measured. */
export interface SandboxRow {
  readonly name: string;
  /** Jobs measured, count. */
  readonly jobs: number;
  /** Median and 99th percentile of one job's time, milliseconds. */
  readonly ms: number;
  readonly p99: number;
  /** Jobs a second over all. */
  readonly perSecond: number;
}

/** What the rows amount to. */
export interface SandboxSummary {
  /** Programs judged at once, and bare starts measured at once. */
  readonly children: number;
  /** Verdicts a second, over what bare starts alone would allow. */
  readonly verdictsOverBareStarts: number;
  /** 99th percentile over median of a verdict's time. */
  readonly p99OverP50: number;
  /** Share of look-ups that the verdict cache answered while programs came twice. */
  readonly cacheHitRate: number;
  /** Throughput with a fifth of hostile programs, over that without. */
  readonly hostileOverHonest: number;
  /** Growth of the host's memory over the whole measurement, MiB. */
  readonly hostGrowthMb: number;
  /** Layers around the children. */
  readonly layers: readonly string[];
}

const CASES = Array.from({ length: 6 }, (_, index) => ({ args: [index, 1], expected: index + 1 }));
const HOSTILE = [
  "function add() { for (;;); }",
  "function add() { Deno.exit(0); }",
  "function add() { const x = []; for (;;) x.push(new Array(1000).fill(1.5)); }",
  "function add() { throw new Error('x'); }",
];
/** Limit of a hostile program: how much of the time they take is a matter of this number. */
const HOSTILE_MS = 100;
const MEBIBYTE = 2 ** 20;

/** Judges many programs in several ways. */
export async function measureSandbox(
  config: SandboxConfig,
  jobs: number,
): Promise<{ readonly rows: readonly SandboxRow[]; readonly summary: SandboxSummary }> {
  await using sandbox = await Sandbox.open(config, () => {});
  const children = config.children || navigator.hardwareConcurrency;
  const { isolation } = sandbox;
  const before = Deno.memoryUsage().rss;
  const bare = await timeAll("bare start", jobs, children, () => bareStart(isolation.command));
  const honest = await timeAll("verdict", jobs, children, (i) => sandbox.runCases(job(i)));
  const cached = await timeAll("cached verdict", jobs, children, (i) => sandbox.runCases(job(i)));
  const mixed = await timeAll(
    "verdict, 20 % hostile",
    jobs,
    children,
    (i) => sandbox.runCases(i % 5 === 0 ? hostileJob(i) : job(jobs + i)),
  );
  const few = Math.ceil(jobs / 4);
  const suite = await timeAll(
    "suite verdict",
    few,
    children,
    (i) => sandbox.runProgram(suiteJob(i)),
  );
  const { hits, misses } = sandbox.cacheStatistics;
  const summary: SandboxSummary = {
    children,
    verdictsOverBareStarts: honest.perSecond / bare.perSecond,
    p99OverP50: honest.p99 / honest.ms,
    cacheHitRate: hits / (hits + misses),
    hostileOverHonest: mixed.perSecond / honest.perSecond,
    hostGrowthMb: (Deno.memoryUsage().rss - before) / MEBIBYTE,
    layers: isolation.layers,
  };
  return { rows: [bare, honest, cached, mixed, suite], summary };
}

function job(index: number): CasesJob {
  const source = `function add(a, b) { return a + b; } // ${index}`;
  return { source, language: "js", entry: "add", cases: CASES };
}

function suiteJob(index: number): ProgramJob {
  const source = `const add = (a, b) => a + b; // ${index}`;
  const tests = "it('adds', () => expect(add(1, 2)).toBe(3));";
  return { source, language: "js", tests, kind: "suite" };
}

function hostileJob(index: number): CasesJob {
  const source = `${HOSTILE[index / 5 % HOSTILE.length]} // ${index}`;
  return { ...job(index), source, limits: { wallMs: HOSTILE_MS } };
}

/** Runs `count` jobs, `width` at a time. */
async function timeAll(
  name: string,
  count: number,
  width: number,
  run: (index: number) => Promise<unknown>,
): Promise<SandboxRow> {
  const times: number[] = [];
  let next = 0;
  async function work(): Promise<void> {
    for (let index = next++; index < count; index = next++) {
      const started = performance.now();
      await run(index);
      times.push(performance.now() - started);
    }
  }
  const started = performance.now();
  await Promise.all(Array.from({ length: width }, work));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.min(count - 1, Math.floor(share * count))]!;
  return { name, jobs: count, ms: quantile(0.5), p99: quantile(0.99), perSecond: count / seconds };
}
