/**
 * The status page's settings.
 *
 * @module
 */
import { z } from "zod";

/** Configuration of `serve`. */
export const ServeConfig = z.strictObject({
  root: z.string().min(1).default("runs").describe("folder that holds the run directories"),
  port: z.int().min(0).max(65535).default(8642).describe("port on 127.0.0.1; 0 takes a free one"),
}).meta({
  title: "serve",
  description: "Serves a read-only page of the runs to this machine until it is interrupted.",
});

/** Resolved settings of the status page. */
export type ServeConfig = z.output<typeof ServeConfig>;
