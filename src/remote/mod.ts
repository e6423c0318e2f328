/**
 * Floor 2: models behind a server, asked over HTTP.
 *
 * @module
 */
export * from "./address.ts";
export * from "./error.ts";
export { type TextCompletion } from "./exchange.ts";
export * from "./key.ts";
export * from "./model.ts";
