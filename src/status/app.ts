/**
 * The status page: a read-only web application over a folder of run directories.
 *
 * What runs hold is untrusted: it leaves here as JSON and reaches the page as text.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { localApp } from "../web/mod.ts";
import { statusPage } from "./assets.ts";
import { hasRun, lastRollouts, listRuns, readMetrics, readRun } from "./runs.ts";

const MAX_ROLLOUTS = 200;

/**
 * Makes the application.
 *
 * @param root Folder that holds the run directories.
 */
export function statusApp(root: string): Hono {
  const app = localApp(statusPage);
  app.get("/runs", async (c) => c.json(await listRuns(root)));
  app.get("/runs/:id", async (c) => {
    const run = await readRun(root, c.req.param("id"));
    return run ? c.json(run) : c.notFound();
  });
  app.get("/runs/:id/metrics", async (c) => {
    const after = count(c, "after", -1);
    if (!await hasRun(root, c.req.param("id"))) return c.notFound();
    return c.json(await readMetrics(root, c.req.param("id"), after));
  });
  app.get("/runs/:id/rollouts", async (c) => {
    const last = Math.min(count(c, "last", 20), MAX_ROLLOUTS);
    if (!await hasRun(root, c.req.param("id"))) return c.notFound();
    return c.json(await lastRollouts(root, c.req.param("id"), last));
  });
  return app;
}

/** A number of the query; a missing or odd one is the fallback. */
function count(c: Context, name: string, fallback: number): number {
  const value = Number(c.req.query(name) ?? NaN);
  return Number.isFinite(value) ? value : fallback;
}
