/**
 * Splits of a data set of bugs.
 *
 * @module
 */
export * from "./data_card.ts";
export * from "./near_duplicates.ts";
export * from "./split_bugs.ts";
