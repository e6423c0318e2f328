/**
 * The sandbox: judges untrusted programs in child processes and decides every verdict itself.
 *
 * Covered, each by tests with hostile programs (tests/sandbox):
 *
 * - Forged verdicts. A candidate's process holds no test, no expected value and no secret. It returns outputs, or serves
 *   calls of a second process that runs the tests; the host compares, or hears from the tests' process. Exit codes and
 *   printed text mean nothing.
 * - Endless programs, in JavaScript, WebAssembly, native code or Python: SIGKILL at the deadline. CPU time is limited by
 *   the system besides, for the case that the host is gone, and children die with the host.
 * - Memory: the heap by V8, everything else by `prlimit --data`. Output: the host reads a bounded amount, then kills.
 * - Files, network, environment, other programs, storage, GPU: no permission in Deno; no import but `data:`; a candidate
 *   is only ever loaded by a computed import; no cache directory; an empty environment. As root also another user and
 *   network and IPC namespaces of its own.
 * - Neighbours: one process per candidate, one candidate per process, nothing reused. Where a job allows it, harmless
 *   programs that fail are found in a shared process (screen.ts): a realm each, one of a problem, never a pass.
 * - Time: programs see a clock that jumps to the next timer, so that delays cost nothing and runs repeat.
 *
 * Not covered:
 *
 * - An exploit of V8, Deno or the kernel; only a virtual machine would contain that.
 * - Side channels (cache timing), and what a program can learn of the machine by timing itself with WebAssembly.
 * - The tests themselves. They run without permissions and within the same limits, but a test that lets a candidate
 *   decide (`assert(candidate())`) is passed by a candidate that says yes.
 * - Programs that know the expected outputs: whoever returns the right values passes.
 * - Where prlimit, setpriv or unshare are missing (always on macOS and Windows): what they add. The host says so once.
 *
 * @module
 */
import { canonicalJson, type Json, sha256Hex } from "../base/mod.ts";
import type { SandboxConfig } from "../config/mod.ts";
import { judgeCases } from "./cases.ts";
import type { ChildSpec } from "./child.ts";
import { childProgram, realmProgram, servingPart } from "./child_program.ts";
import { agreed } from "./flaky.ts";
import { findIsolation, type Isolation } from "./isolation.ts";
import { Pool } from "./pool.ts";
import { pythonSpec } from "./python.ts";
import { judgePythonCases, judgePythonProgram } from "./python_jobs.ts";
import { judgeProgram } from "./relay.ts";
import { Screen, type ScreenStatistics } from "./screen.ts";
import type { CasesJob, Limits, ProgramJob, Verdict } from "./types.ts";
import { VerdictCache } from "./verdict_cache.ts";

/** CPU seconds after which the system itself ends a child whose host is gone. */
const CPU_SECONDS_MARGIN = 10;

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Judges programs; holds a pool of waiting children. */
export class Sandbox implements AsyncDisposable {
  readonly #config: SandboxConfig;
  readonly #candidates: Pool;
  #tests: Pool | undefined;
  #python: Promise<Pool> | undefined;
  readonly #cache: VerdictCache;
  readonly #screen: Screen;
  /** What surrounds the children on this machine, and what is missing here. */
  readonly isolation: Isolation;

  private constructor(config: SandboxConfig, isolation: Isolation) {
    this.#config = config;
    this.isolation = isolation;
    this.#cache = new VerdictCache(config.cacheEntries);
    this.#candidates = this.#pool({ program: childProgram("candidate"), later: servingPart() });
    const screen = { program: childProgram("screen"), args: [realmProgram()] };
    this.#screen = new Screen({ isolation, memoryMb: config.memoryMb, ...screen }, this.#size);
  }

  get #size(): number {
    return this.#config.children || navigator.hardwareConcurrency;
  }

  #pool(spec: { readonly program: string } & Partial<ChildSpec>): Pool {
    const { memoryMb } = this.#config;
    return new Pool({ isolation: this.isolation, memoryMb, ...spec }, this.#size);
  }

  /**
   * Finds what this machine can isolate with and starts the first children.
   *
   * @param config Limits and pool size.
   * @param warn Is told once, one sentence each, what is missing here; writes to stderr by default.
   * @throws {SandboxError} If no child can be started at all.
   */
  static async open(
    config: SandboxConfig,
    warn: (sentence: string) => void = warnOnStderr,
  ): Promise<Sandbox> {
    const cpuSeconds = Math.ceil(config.wallMs / 1000) + CPU_SECONDS_MARGIN;
    const isolation = await findIsolation({ memoryMb: config.memoryMb, cpuSeconds });
    for (const sentence of isolation.missing) warn(sentence);
    return new Sandbox(config, isolation);
  }

  /** Verdicts that came from the cache, and those that had to be found. */
  get cacheStatistics(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#cache.hits, misses: this.#cache.misses };
  }

  /** What the screening of programs has done so far; see `screened` of a job. */
  get screenStatistics(): ScreenStatistics {
    return this.#screen.statistics;
  }

  /**
   * Calls the program's entry function with each case's arguments and compares what it returns.
   *
   * @throws {SandboxError} If no child can be started; never because of the program.
   */
  async runCases(job: CasesJob): Promise<Verdict> {
    if (!IDENTIFIER.test(job.entry)) {
      return { kind: "rejected", reason: `the entry "${job.entry}" is not a name` };
    }
    const limits = this.#limits(job.limits);
    const extraMb = limits.memoryMb - this.#config.memoryMb;
    const { screened, ...asked } = job;
    const screen = screened && this.#config.screen && (() => this.#screen.failure(job, limits));
    return await this.#judged(["cases", asked, limits], { ...job, screen }, async () => {
      if (job.language !== "py") {
        return await this.#candidates.use((child) => judgeCases(child, job, limits), extraMb);
      }
      const python = await this.#pythonPool();
      return await python.use((child) => judgePythonCases(child, job, limits), extraMb);
    });
  }

  /**
   * Runs test text against the program; the two never share a process.
   *
   * @throws {SandboxError} If no child can be started; never because of the program.
   */
  async runProgram(job: ProgramJob): Promise<Verdict> {
    const limits = this.#limits(job.limits);
    const extraMb = limits.memoryMb - this.#config.memoryMb;
    return await this.#judged([job.kind, job, limits], job, async () => {
      if (job.language !== "py") {
        const tests = this.#tests ??= this.#pool({ program: childProgram("tests") });
        return await this.#candidates.use(
          (candidate) => tests.use((driver) => judgeProgram(candidate, driver, job, limits)),
          extraMb,
        );
      }
      const python = await this.#pythonPool();
      return await python.usePair(
        (candidate, driver) => judgePythonProgram(candidate, driver, job, limits),
        extraMb,
      );
    });
  }

  #pythonPool(): Promise<Pool> {
    const { pythonCache, memoryMb } = this.#config;
    return this.#python ??= pythonSpec(this.isolation, pythonCache, memoryMb)
      .then((spec) => this.#pool(spec));
  }

  #limits(limits: Partial<Limits> = {}): Limits {
    const { wallMs, memoryMb, outputBytes } = this.#config;
    return { wallMs, memoryMb, outputBytes, ...limits };
  }

  async #judged(
    key: unknown,
    { runs, screen }: {
      readonly runs?: number;
      readonly screen?: false | undefined | (() => Promise<Verdict | undefined>);
    },
    judge: () => Promise<Verdict>,
  ): Promise<Verdict> {
    const hash = sha256Hex(canonicalJson(key as Json));
    const known = this.#cache.get(hash);
    if (known) return known;
    const failure = screen && await screen(); // forgotten at once: whoever needs to be sure asks anew
    if (failure) return failure;
    const verdict = await agreed(runs, judge);
    this.#cache.set(hash, verdict);
    return verdict;
  }

  /** Kills every child. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pools = [this.#candidates, this.#tests, await this.#python?.catch(() => undefined)];
    await Promise.all([...pools, this.#screen].map((part) => part?.[Symbol.asyncDispose]()));
  }
}

function warnOnStderr(sentence: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`sandbox: ${sentence}\n`));
}
