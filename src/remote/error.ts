/**
 * What a server of a model can do wrong.
 *
 * @module
 */

/** A server that cannot be used, or did not answer however often it was asked. Exit code 2, one line. */
export class RemoteError extends Error {
  override readonly name = "RemoteError";
  /** What the process ends with. */
  readonly exitCode = 2;
  /** Whether asking again may help. */
  readonly transient: boolean;
  /** How long the server wants to be left alone, milliseconds. */
  readonly retryAfterMs: number;

  /** Says what was found in place of an answer. */
  constructor(
    message: string,
    options: ErrorOptions & { transient?: boolean; retryAfterMs?: number } = {},
  ) {
    super(message, options);
    this.transient = options.transient ?? false;
    this.retryAfterMs = options.retryAfterMs ?? 0;
  }
}
