/**
 * What goes into the sandbox and what comes out of it.
 *
 * @module
 */
import type { Json } from "../base/mod.ts";

/** A language that programs and tests are written in. */
export type Language = "js" | "ts" | "py";

/**
 * A value as JSON, where `{"$": tag, "value": ...}` stands for what JSON cannot hold: `NaN`, `Infinity`, `-Infinity`,
 * `-0`, `undefined`, `BigInt`, `Map`, `Set`, `Date` and, for an object with a key `$` of its own, `Object`.
 */
export type Encoded = Json;

/** One call of the entry function and what it must return. */
export interface CallCase {
  readonly args: readonly Encoded[];
  readonly expected: Encoded;
}

/** What one program may use. */
export interface Limits {
  /** Time over all tests, milliseconds. */
  readonly wallMs: number;
  /** Heap, MiB. */
  readonly memoryMb: number;
  /** Answers of the program, bytes. */
  readonly outputBytes: number;
}

/** The outcome of one test. */
export interface TestResult {
  readonly name: string;
  readonly ok: boolean;
  /** Empty if the test passed; otherwise deterministic text without paths and timings. */
  readonly message: string;
}

/** What the host decided about a program; a failing program is data, never an exception. */
export type Verdict =
  | { readonly kind: "passed" | "failed"; readonly tests: readonly TestResult[] }
  | { readonly kind: "crashed"; readonly message: string; readonly tests?: readonly TestResult[] }
  | { readonly kind: "timeout" | "out-of-memory"; readonly tests?: readonly TestResult[] }
  | {
    readonly kind: "rejected";
    readonly reason: string;
    readonly line?: number;
    readonly column?: number;
  }
  | { readonly kind: "unsupported"; readonly reason: string };

/** A program and the calls it is judged by. */
export interface CasesJob {
  readonly source: string;
  readonly language: Language;
  /** Name of the function to call. */
  readonly entry: string;
  readonly cases: readonly CallCase[];
  readonly limits?: Partial<Limits>;
  /** Ends at the first failing case; the later ones are then missing from the verdict. */
  readonly stopAtFirstFailure?: boolean;
  /**
   * Where it only matters whether the program passes: a failure may then be found in a process that has run programs of
   * other problems before (screen.ts). A pass never is.
   */
  readonly screened?: boolean;
  /** Files that the program or its tests import, by file name; JavaScript and TypeScript only. */
  readonly files?: Readonly<Record<string, string>>;
  /** How often to judge; a program whose verdicts differ is rejected. Once by default. */
  readonly runs?: number;
}

/** A program and the test text it is judged by. */
export interface ProgramJob {
  readonly source: string;
  readonly language: Language;
  /** Name of the function under test. */
  readonly entry?: string;
  /** Names that the tests may use; by default every name that occurs in them. */
  readonly exports?: readonly string[];
  /** Code that the program needs before it. */
  readonly prelude?: string;
  /** The tests, in the language of the program. */
  readonly tests: string;
  /** `program`: throws on failure. `suite`: registers tests that are reported one by one. */
  readonly kind: "program" | "suite";
  readonly limits?: Partial<Limits>;
  /** Files that the program or its tests import, by file name; JavaScript and TypeScript only. */
  readonly files?: Readonly<Record<string, string>>;
  /** How often to judge; a program whose verdicts differ is rejected. Once by default. */
  readonly runs?: number;
}
