/**
 * Says what was thrown, without ever throwing itself. Runs inside the children.
 *
 * @module
 */

/** A thrown value as text. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  /** Stack of an error, as the engine formats it; empty for other values. */
  readonly stack: string;
}

const MAX_TEXT = 2000;

function textOf(read: () => unknown): string {
  try {
    return String(read()).slice(0, MAX_TEXT);
  } catch {
    return "";
  }
}

/** Describes an error, or any other value that was thrown. */
export function describeError(thrown: unknown): ErrorText {
  if (typeof thrown !== "object" || thrown === null || !("message" in thrown)) {
    return { name: "", message: textOf(() => thrown), stack: "" };
  }
  const error = thrown as { name?: unknown; message?: unknown; stack?: unknown };
  return {
    name: textOf(() => error.name),
    message: textOf(() => error.message),
    stack: textOf(() => error.stack ?? ""),
  };
}
