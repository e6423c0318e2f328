/**
 * Reproductions: cells of arms and seeds, their estimates, report and plots.
 *
 * @module
 */
export * from "./cell.ts";
export * from "./cross_play.ts";
export * from "./markdown.ts";
export * from "./nested_bootstrap.ts";
export * from "./own_bugs.ts";
export * from "./packed.ts";
export * from "./plots.ts";
export * from "./report.ts";
export * from "./rounds.ts";
