/**
 * Floor 0: errors, random streams, hashes. Depends on nothing.
 *
 * @module
 */
export * from "./errors.ts";
export * from "./hash.ts";
export * from "./rng.ts";
