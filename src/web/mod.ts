/**
 * Floor 2: pages for the person at this machine, served on the loopback alone.
 *
 * @module
 */
export * from "./assets.ts";
export * from "./local_app.ts";
export * from "./serve.ts";
