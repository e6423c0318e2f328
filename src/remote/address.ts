/**
 * Where a server takes questions.
 *
 * @module
 */
import { ConfigError } from "../base/mod.ts";

const PATH = "/chat/completions";

/**
 * The address of chat completions below a server's: `http://host:8000` and `http://host:8000/v1` mean
 * `http://host:8000/v1/chat/completions`, which may also be given in full.
 *
 * @throws {ConfigError} If the address is not one of HTTP, or holds a password.
 */
export function completionsUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search || parsed.hash) {
    throw new ConfigError(
      `Cannot use model.url: expected an address such as http://127.0.0.1:8000/v1, found ${url}`,
    );
  }
  if (parsed.username || parsed.password) {
    throw new ConfigError("Cannot use model.url: expected no password in it; see --model.key-file");
  }
  const path = parsed.pathname.replace(/\/+$/, "");
  return parsed.origin + (path.endsWith(PATH) ? path : `${path || "/v1"}${PATH}`);
}
