/**
 * Floor 4: embeddings of edits and their nearest neighbours.
 *
 * @module
 */
export * from "./device_search.ts";
export * from "./edit_ngrams.ts";
export * from "./nearest.ts";
export * from "./policy.ts";
export * from "./types.ts";
