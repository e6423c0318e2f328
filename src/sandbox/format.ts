/**
 * Encoded values as one would write them in source code, cut to a length.
 *
 * @module
 */
import type { Encoded } from "./types.ts";

const MAX_DEPTH = 12;

/** Cuts text to a number of characters and marks the cut. */
export function trimText(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, Math.max(0, maxChars - 1))}…`;
}

/** Writes an encoded value, cut to a number of characters. */
export function formatValue(value: Encoded, maxChars = 200): string {
  return trimText(new ValueWriter(maxChars).write(value, 0), maxChars);
}

/** Writes a call as in source code. */
export function formatCall(entry: string, args: readonly Encoded[], maxChars = 160): string {
  const each = Math.max(20, Math.floor(maxChars / Math.max(1, args.length)));
  return trimText(`${entry}(${args.map((arg) => formatValue(arg, each)).join(", ")})`, maxChars);
}

function formatKey(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

/** Writes one value and stops going into it once enough has been written. */
class ValueWriter {
  readonly #maxChars: number;
  #left: number;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
    this.#left = maxChars + 1;
  }

  write(item: Encoded, depth: number): string {
    if (typeof item !== "object" || item === null) {
      return this.#put(trimText(JSON.stringify(item), this.#maxChars));
    }
    if (depth > MAX_DEPTH) return this.#put("…");
    if (Array.isArray(item)) return `[${this.#list(item, depth + 1)}]`;
    const object = item as { readonly [key: string]: Encoded };
    if (typeof object.$ === "string") return this.#tagged(object.$, object.value, depth);
    return this.#entries(Object.entries(object), depth);
  }

  #put(text: string): string {
    this.#left -= text.length + 2;
    return text;
  }

  #list(items: readonly Encoded[], depth: number): string {
    const parts: string[] = [];
    for (const item of items) {
      if (this.#left <= 0) break;
      parts.push(this.write(item, depth));
    }
    return parts.join(", ");
  }

  #entries(entries: readonly (readonly [string, Encoded])[], depth: number): string {
    const parts: string[] = [];
    for (const [key, item] of entries) {
      if (this.#left <= 0) break;
      parts.push(`${this.#put(formatKey(String(key)))}: ${this.write(item, depth + 1)}`);
    }
    return parts.length > 0 ? `{ ${parts.join(", ")} }` : "{}";
  }

  #tagged(tag: string, content: Encoded | undefined, depth: number): string {
    if (content === undefined) return this.#put(tag);
    if (tag === "BigInt") return this.#put(`${content}n`);
    if (tag === "RegExp") return this.#put(String(content));
    if (!Array.isArray(content)) return `${this.#put(tag)}(${this.write(content, depth + 1)})`;
    return tag === "Object" && content.every(Array.isArray)
      ? this.#entries(content as [string, Encoded][], depth)
      : `${this.#put(tag)}(${this.#list(content, depth + 1)})`;
  }
}
