/**
 * The error classes that callers catch.
 *
 * A failing candidate program is never one of these: it is a `Verdict`. Everything nobody catches by class is a
 * built-in `TypeError`, `RangeError` or `SyntaxError`.
 *
 * @module
 */

/** A tensor whose shape is not the one an operation needs. */
export class ShapeError extends RangeError {
  override readonly name = "ShapeError";
  /** The shape that was needed. */
  readonly expected: readonly number[];
  /** The shape that was given. */
  readonly actual: readonly number[];

  /** Describes `what` by its wanted and its current shape. */
  constructor(what: string, expected: readonly number[], actual: readonly number[]) {
    super(`Cannot use ${what}: expected shape [${expected}], current shape is [${actual}]`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** A WGSL program that does not follow the house form, does not compile, or is called wrongly. */
export class KernelError extends Error {
  override readonly name = "KernelError";
  /** File name of the kernel without its extension. */
  readonly kernel: string;

  /** Names the kernel and says what is wrong, with `line:column` where there is one. */
  constructor(kernel: string, message: string, options?: ErrorOptions) {
    super(`Cannot use kernel ${kernel}: ${message}`, options);
    this.kernel = kernel;
  }
}

/** No adapter, a lost device, or a device without enough memory. */
export class DeviceError extends Error {
  override readonly name = "DeviceError";
}

/** Bad input of a person: a flag, a configuration file, a data file. Exit code 2. */
export class ConfigError extends TypeError {
  override readonly name = "ConfigError";
}

/** A checkpoint directory that cannot be read: a missing file, field or tensor. Exit code 2. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

/** The sandbox host could not run a child at all. What a child does is never an error. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}
