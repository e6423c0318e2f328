/**
 * The status page: a read-only web application over a folder of run directories.
 *
 * It answers only to names of this machine, so that no foreign page can read runs through a browser, and the page it
 * serves may load nothing from elsewhere. What runs hold is untrusted: it leaves here as JSON and reaches the page as text.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { assets, indexPage } from "./assets.ts";
import { hasRun, lastRollouts, listRuns, readMetrics, readRun } from "./runs.ts";

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const MAX_ROLLOUTS = 200;

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/**
 * Makes the application.
 *
 * @param root Folder that holds the run directories.
 */
export function statusApp(root: string): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const host = c.req.header("host") ?? new URL(c.req.url).host;
    if (!LOCAL_HOST.test(host)) return c.json({ error: "expected a local host name" }, 403);
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
  });
  app.get("/", (c) => c.html(indexPage));
  app.get("/assets/:name", (c) => {
    const asset = assets.get(c.req.param("name"));
    return asset ? c.body(asset.text, 200, { "content-type": asset.type }) : c.notFound();
  });
  app.get("/healthz", (c) => c.json({ ok: true }));
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
  app.notFound((c) => c.json({ error: "there is nothing here" }, 404));
  app.onError((error, c) => c.json({ error: error.message }, 500));
  return app;
}

/** A number of the query; a missing or odd one is the fallback. */
function count(c: Context, name: string, fallback: number): number {
  const value = Number(c.req.query(name) ?? NaN);
  return Number.isFinite(value) ? value : fallback;
}
