/**
 * Collects tests: `describe`, `it`, `test`, `Deno.test`, hooks and tables of cases.
 *
 * Runs inside the tests' process.
 *
 * @module
 */

/** A test's function; it may take a context or, called `done`, a callback. */
export type TestFunction = (...args: unknown[]) => unknown;

/** A named group of tests with its hooks. */
export interface Suite {
  readonly name: string;
  readonly parent: Suite | undefined;
  readonly before: TestFunction[];
  readonly beforeEach: TestFunction[];
  readonly afterEach: TestFunction[];
  readonly after: TestFunction[];
}

/** A test that will run. */
export interface RegisteredTest {
  readonly name: string;
  readonly suite: Suite;
  readonly run: TestFunction;
  /** Whether the test is meant to fail. */
  readonly fails: boolean;
  readonly only: boolean;
  readonly timeoutMs: number | undefined;
}

interface Options {
  readonly name?: string;
  readonly fn?: TestFunction;
  readonly only?: boolean;
  readonly skip?: boolean;
  readonly ignore?: boolean;
  readonly todo?: boolean;
  readonly timeout?: number;
}

type Mode = "run" | "skip" | "only" | "fails";

function newSuite(name: string, parent: Suite | undefined): Suite {
  return { name, parent, before: [], beforeEach: [], afterEach: [], after: [] };
}

/** The name of a test or suite, which may be given as a function or class. */
function labelOf(label: unknown): string {
  return typeof label === "function" ? label.name : String(label);
}

/** Suites from the outermost to the given one. */
export function lineage(suite: Suite): Suite[] {
  return suite.parent ? [...lineage(suite.parent), suite] : [suite];
}

/** Fills `%s`-like places and `$name`s in the name of a test made from a table. */
function fillName(name: string, row: readonly unknown[], index: number): string {
  let at = 0;
  const text = name.replaceAll(/%[sdifjop#%]/g, (place) => {
    if (place === "%%") return "%";
    if (place === "%#") return String(index);
    return show(row[at++]);
  });
  const first = row[0] as Record<string, unknown> | undefined;
  const named = typeof first === "object" && first !== null
    ? text.replaceAll(/\$(\w+)/g, (place, key) => key in first ? show(first[key]) : place)
    : text;
  return named === name ? `${name} #${index}` : named;
}

function show(value: unknown): string {
  return typeof value === "string"
    ? value
    : Deno.inspect(value, { breakLength: Infinity }).slice(0, 80);
}

/** Rows of a table given as an array or as a template literal. */
function tableRows(table: unknown, values: readonly unknown[]): readonly (readonly unknown[])[] {
  const template = table as { raw?: unknown; 0?: string };
  if (!template.raw) {
    return [...table as Iterable<unknown>].map((row) => Array.isArray(row) ? row : [row]);
  }
  const keys = template[0]!.split("|").map((key) => key.trim());
  const rows = Array.from(
    { length: Math.floor(values.length / keys.length) },
    (_, row) => keys.map((key, column) => [key, values[row * keys.length + column]]),
  );
  return rows.map((row) => [Object.fromEntries(row)]);
}

/** The tests of one file, in order. */
export class Registry {
  readonly tests: RegisteredTest[] = [];
  /** Suites whose body is a promise still at work. */
  readonly pending: Promise<unknown>[] = [];
  #suite: Suite = newSuite("", undefined);

  /** What test files call, by name. */
  globals(): Record<string, unknown> {
    const test = this.#testFunction();
    const describe = this.#describeFunction();
    const hook = (name: "before" | "beforeEach" | "afterEach" | "after") => (run: TestFunction) => {
      this.#suite[name].push(run);
    };
    return {
      describe,
      context: describe,
      suite: describe,
      xdescribe: describe.skip,
      it: test,
      test,
      specify: test,
      xit: test.skip,
      xtest: test.skip,
      before: hook("before"),
      beforeAll: hook("before"),
      beforeEach: hook("beforeEach"),
      afterEach: hook("afterEach"),
      after: hook("after"),
      afterAll: hook("after"),
    };
  }

  #testFunction() {
    const variant = (mode: Mode) => (...args: unknown[]) => this.#register(mode, args);
    const each =
      (mode: Mode) =>
      (table: unknown, ...values: unknown[]) =>
      (name: string, run: TestFunction, timeout?: number) =>
        tableRows(table, values).forEach((row, index) =>
          this.#register(mode, [fillName(name, row, index), () => run(...row), timeout])
        );
    const skip = Object.assign(variant("skip"), { each: each("skip") });
    const only = Object.assign(variant("only"), { each: each("only") });
    return Object.assign(variant("run"), {
      skip,
      only,
      todo: skip,
      ignore: skip,
      fails: variant("fails"),
      failing: variant("fails"),
      concurrent: variant("run"),
      sequential: variant("run"),
      each: each("run"),
      for: each("run"),
    });
  }

  #register(mode: Mode, args: readonly unknown[]): void {
    const options = (args.find((arg) => typeof arg === "object" && arg !== null) ?? {}) as Options;
    const run = (args.findLast((arg) => typeof arg === "function") ?? options.fn) as
      | TestFunction
      | undefined;
    const name = args[0] === options ? options.name ?? run?.name ?? "" : labelOf(args[0]);
    if (!run || mode === "skip" || options.skip || options.ignore || options.todo) return;
    const timeout = args.find((arg) => typeof arg === "number") as number | undefined;
    this.tests.push({
      name: [...lineage(this.#suite).map((suite) => suite.name), name].filter(Boolean).join(" > "),
      suite: this.#suite,
      run,
      fails: mode === "fails",
      only: mode === "only" || options.only === true,
      timeoutMs: timeout ?? options.timeout,
    });
  }

  #describeFunction() {
    const describe = (...args: unknown[]) => {
      const run = args.findLast((arg) => typeof arg === "function") as TestFunction | undefined;
      const outer = this.#suite;
      this.#suite = newSuite(labelOf(args[0]), outer);
      try {
        const result = run?.();
        if (result instanceof Promise) this.pending.push(result);
      } finally {
        this.#suite = outer;
      }
    };
    const each = (table: unknown, ...values: unknown[]) => (name: string, run: TestFunction) =>
      tableRows(table, values).forEach((row, index) =>
        describe(fillName(name, row, index), () => run(...row))
      );
    const skip = Object.assign(() => {}, { each: () => () => {} });
    return Object.assign(describe, { skip, todo: skip, only: describe, each });
  }
}
