/**
 * Floor 4: the page where people write bugs.
 *
 * @module
 */
export * from "./app.ts";
export * from "./items.ts";
export * from "./workbench.ts";
