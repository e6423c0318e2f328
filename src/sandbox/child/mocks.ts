/**
 * Functions that remember how they were called (`jest.fn`, `vi.fn`, `spyOn`).
 *
 * Their record is kept apart from the function object, which crosses into the candidate's process: a candidate can call a
 * mock but not rewrite what it has seen.
 *
 * Runs inside the tests' process.
 *
 * @module
 */

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** What a mock has seen. */
export interface MockRecord {
  calls: unknown[][];
  results: { type: "return" | "throw"; value: unknown }[];
  instances: unknown[];
}

interface Behaviour {
  always: AnyFunction | undefined;
  once: AnyFunction[];
  restore: () => void;
  name: string;
}

/** All mocks of one test file. */
export class Mocks {
  readonly #records = new WeakMap<object, MockRecord>();
  readonly #behaviours = new WeakMap<object, Behaviour>();
  readonly #all = new Set<object>();
  /** What every mock inherits; shown to no candidate. */
  readonly prototype: object = this.#makePrototype();

  /** The record of a mock. @throws {TypeError} If the value is not one. */
  record(mock: unknown): MockRecord {
    const record = typeof mock === "function" ? this.#records.get(mock) : undefined;
    if (!record) throw new TypeError("Cannot check calls: expected a mock function");
    return record;
  }

  /** A new mock. */
  readonly fn = (implementation?: AnyFunction): AnyFunction => {
    const behaviours = this.#behaviours;
    const record: MockRecord = { calls: [], results: [], instances: [] };
    const mock = function (this: unknown, ...args: unknown[]): unknown {
      const { once, always } = behaviours.get(mock)!;
      const behaviour = once.shift() ?? always;
      record.calls.push(args);
      record.instances.push(this);
      try {
        const value = behaviour?.apply(this, args);
        record.results.push({ type: "return", value });
        return value;
      } catch (value) {
        record.results.push({ type: "throw", value });
        throw value;
      }
    };
    Object.setPrototypeOf(mock, this.prototype);
    this.#records.set(mock, record);
    behaviours.set(mock, { always: implementation, once: [], restore: () => {}, name: "mock" });
    this.#all.add(mock);
    return mock;
  };

  /** Replaces a method by a mock that still calls it. */
  readonly spyOn = (object: Record<PropertyKey, unknown>, key: PropertyKey): AnyFunction => {
    const original = object[key] as AnyFunction;
    const mock = this.fn(original);
    object[key] = mock;
    this.#behaviours.get(mock)!.restore = () => void (object[key] = original);
    return mock;
  };

  /** `jest`, `vi` and `mock` (of `node:test`). */
  globals(): Record<string, unknown> {
    const all = (act: "mockClear" | "mockReset" | "mockRestore") => () => {
      for (const mock of this.#all) (mock as unknown as Record<string, () => void>)[act]!();
    };
    const tools = {
      fn: this.fn,
      spyOn: this.spyOn,
      method: this.spyOn,
      clearAllMocks: all("mockClear"),
      resetAllMocks: all("mockReset"),
      restoreAllMocks: all("mockRestore"),
    };
    return { jest: tools, vi: tools, mock: tools };
  }

  #makePrototype(): object {
    const records = this.#records;
    const behaviours = this.#behaviours;
    const changing = (change: (behaviour: Behaviour, value: unknown) => void) =>
      function (this: object, value: unknown) {
        change(behaviours.get(this)!, value);
        return this;
      };
    const methods = {
      mockImplementation: changing((b, run) => b.always = run as AnyFunction),
      mockImplementationOnce: changing((b, run) => b.once.push(run as AnyFunction)),
      mockReturnValue: changing((b, value) => b.always = () => value),
      mockReturnValueOnce: changing((b, value) => b.once.push(() => value)),
      mockResolvedValue: changing((b, value) => b.always = () => Promise.resolve(value)),
      mockResolvedValueOnce: changing((b, value) => b.once.push(() => Promise.resolve(value))),
      mockRejectedValue: changing((b, value) => b.always = () => Promise.reject(value)),
      mockRejectedValueOnce: changing((b, value) => b.once.push(() => Promise.reject(value))),
      mockName: changing((b, name) => b.name = String(name)),
      mockClear(this: object) {
        const record = records.get(this)!;
        for (const list of [record.calls, record.results, record.instances]) list.length = 0;
        return this;
      },
      mockReset(this: { mockClear(): object }) {
        Object.assign(behaviours.get(this)!, { always: undefined, once: [] });
        return this.mockClear();
      },
      mockRestore(this: { mockReset(): object }) {
        behaviours.get(this)!.restore();
        return this.mockReset();
      },
    };
    const prototype = Object.assign(Object.create(Function.prototype), methods);
    return Object.defineProperty(prototype, "mock", {
      get(this: object) {
        return viewOf(records.get(this)!);
      },
    });
  }
}

/** A record as tests read it: `mock.calls`, `mock.callCount()`, `mock.lastCall`. */
function viewOf(record: MockRecord): object {
  return {
    ...record,
    lastCall: record.calls.at(-1),
    callCount: () => record.calls.length,
  };
}
