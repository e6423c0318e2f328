/**
 * Starting a job: the graphics driver it runs on, the permissions it gets, the count its tests end with.
 *
 * @module
 */
export * from "./driver.ts";
export * from "./leash.ts";
export * from "./needs.ts";
export * from "./permissions.ts";
export * from "./summary.ts";
