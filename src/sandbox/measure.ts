/**
 * How fast the sandbox judges, next to the bare start-up time of a child.
 *
 * @module
 */
import type { SandboxConfig } from "../config/mod.ts";
import { bareStart } from "./child.ts";
import { Sandbox } from "./host.ts";
import { Stopwatch, type WorkTimes } from "./stopwatch.ts";
import type { CasesJob, ProgramJob } from "./types.ts";

/** One kind of work, measured. */
export interface SandboxRow extends WorkTimes {
  readonly name: string;
}

/** What the rows amount to. */
export interface SandboxSummary {
  /** Programs judged at once, and bare starts measured at once. */
  readonly children: number;
  /** Verdicts a second, over bare starts a second: of the same command line, on an empty program. */
  readonly verdictsOverBareStarts: number;
  /** The same over bare starts without most of the layers around a child. */
  readonly verdictsOverUnwrappedStarts: number;
  /** 99th percentile over median of a verdict's time. */
  readonly p99OverP50: number;
  /** Share of look-ups that the verdict cache answered when every program came a second time. */
  readonly cacheHitRate: number;
  /** Share of programs that the screening decided, four of five being wrong. */
  readonly screenHitRate: number;
  /** Throughput on those programs with the screening, over that without. */
  readonly screenedOverFresh: number;
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
/** Rows that are compared take turns, so that what else the machine does falls on all of them. */
const TURNS = 5;
/** Different problems among the screened programs, about as many as a round of self-play has. */
const PROBLEMS = 40;

/** Judges many programs in several ways. */
export async function measureSandbox(
  config: SandboxConfig,
  jobs: number,
): Promise<{ readonly rows: readonly SandboxRow[]; readonly summary: SandboxSummary }> {
  await using sandbox = await Sandbox.open(config, () => {});
  const children = config.children || navigator.hardwareConcurrency;
  const { isolation } = sandbox;
  const { memoryMb } = config;
  const each = Math.ceil(jobs / TURNS);
  const before = Deno.memoryUsage().rss;
  const watch = new Stopwatch(children);
  const judge = (job: CasesJob) => sandbox.runCases(job);
  await watch.run("warm-up", children * 4, (i) => judge(job(-1 - i)));
  for (let turn = 0; turn < TURNS; turn++) {
    const at = (index: number) => turn * each + index;
    await watch.run("bare start", each, () => bareStart(isolation.command, memoryMb));
    await watch.run("bare start, unwrapped", each, () => bareStart(isolation.plain, memoryMb));
    await watch.run("verdict", each, (i) => judge(job(at(i))));
    await watch.run("verdict, 20 % hostile", each, (i) => judge(mixedJob(jobs + at(i))));
    await watch.run("mostly wrong, fresh", each, (i) => judge(wrongJob(at(i), false)));
    await watch.run("mostly wrong, screened", each, (i) => judge(wrongJob(jobs + at(i), true)));
  }
  const { hits } = sandbox.cacheStatistics;
  await watch.run("cached verdict", jobs, (i) => judge(job(i)));
  const cacheHitRate = (sandbox.cacheStatistics.hits - hits) / jobs;
  await watch.run("suite verdict", Math.ceil(jobs / 4), (i) => sandbox.runProgram(suiteJob(i)));
  const times = watch.times();
  times.delete("warm-up");
  const hostGrowthMb = (Deno.memoryUsage().rss - before) / MEBIBYTE;
  const counted = { children, cacheHitRate, hostGrowthMb };
  return {
    rows: [...times].map(([name, row]) => ({ name, ...row })),
    summary: { ...counted, ...ratios(sandbox, (name) => times.get(name)!) },
  };
}

type Counted = "children" | "cacheHitRate" | "hostGrowthMb";

function ratios(
  sandbox: Sandbox,
  of: (name: string) => WorkTimes,
): Omit<SandboxSummary, Counted> {
  const { asked, failed } = sandbox.screenStatistics;
  const ratio = (a: string, b: string) => of(a).perSecond / of(b).perSecond;
  return {
    verdictsOverBareStarts: ratio("verdict", "bare start"),
    verdictsOverUnwrappedStarts: ratio("verdict", "bare start, unwrapped"),
    p99OverP50: of("verdict").p99 / of("verdict").ms,
    screenHitRate: failed / asked,
    screenedOverFresh: ratio("mostly wrong, screened", "mostly wrong, fresh"),
    hostileOverHonest: ratio("verdict, 20 % hostile", "verdict"),
    layers: sandbox.isolation.layers,
  };
}

function job(index: number): CasesJob {
  const source = `function add(a, b) { return a + b; } // ${index}`;
  return { source, language: "js", entry: "add", cases: CASES };
}

/** One of many problems, and a program that is wrong in four of five cases. */
function wrongJob(index: number, screened: boolean): CasesJob {
  const problem = index % PROBLEMS;
  const source = `function add(a, b) { return a ${index % 5 === 0 ? "+" : "-"} b; } // ${index}`;
  const cases = [...CASES, { args: [problem, 2], expected: problem + 2 }];
  return { source, language: "js", entry: "add", cases, screened };
}

function suiteJob(index: number): ProgramJob {
  const source = `const add = (a, b) => a + b; // ${index}`;
  const tests = "it('adds', () => expect(add(1, 2)).toBe(3));";
  return { source, language: "js", tests, kind: "suite" };
}

function mixedJob(index: number): CasesJob {
  if (index % 5 !== 0) return job(index);
  const source = `${HOSTILE[index / 5 % HOSTILE.length]} // ${index}`;
  return { ...job(index), source, limits: { wallMs: HOSTILE_MS } };
}
