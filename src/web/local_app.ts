/**
 * A web application for the person at this machine.
 *
 * It answers only to names of this machine, so that no foreign page can read through a browser, and its pages may load
 * nothing from elsewhere. An application that changes anything also asks that a request comes from its own pages.
 *
 * @module
 */
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type Asset, commonAssets } from "./assets.ts";

const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** A page and what it loads. */
export interface Page {
  /** Its HTML. */
  readonly index: string;
  /** Files by the name they are asked for under `/assets/`; those that all pages share are added. */
  readonly assets: readonly (readonly [string, Asset])[];
}

/** Makes an application that serves a page at `/` and its files; the caller adds what the page asks for. */
export function localApp({ index, assets }: Page): Hono {
  const files = new Map([...commonAssets, ...assets]);
  const app = new Hono();
  app.use(async (c, next) => {
    if (!LOCAL_HOST.test(hostOf(c.req.raw))) {
      return c.json({ error: "expected a local host name" }, 403);
    }
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
  });
  app.get("/", (c) => c.html(index));
  app.get("/assets/:name{.+}", (c) => {
    const asset = files.get(c.req.param("name"));
    return asset ? c.body(asset.text, 200, { "content-type": asset.type }) : c.notFound();
  });
  app.get("/healthz", (c) => c.json({ ok: true }));
  app.notFound((c) => c.json({ error: "there is nothing here" }, 404));
  app.onError((error, c) => c.json({ error: error.message }, 500));
  return app;
}

/**
 * Lets only the application's own pages change anything: JSON, sent from the very origin that is asked, and no more of it
 * than a limit.
 *
 * A foreign page can make a browser send a request here, but cannot choose its `Origin`, nor send JSON without asking
 * first, which is never granted.
 *
 * @param maxBytes Longest body.
 */
export function ownPagesOnly(maxBytes: number): MiddlewareHandler[] {
  const sameOrigin: MiddlewareHandler = async (c, next) => {
    if (c.req.header("origin") !== `http://${hostOf(c.req.raw)}`) {
      return c.json({ error: "expected a request of this page's own" }, 403);
    }
    if (!/^application\/json(;|$)/.test(c.req.header("content-type") ?? "")) {
      return c.json({ error: "expected JSON" }, 415);
    }
    await next();
  };
  const onError = () =>
    Response.json({ error: `expected at most ${maxBytes} bytes` }, { status: 413 });
  return [sameOrigin, bodyLimit({ maxSize: maxBytes, onError })];
}

function hostOf(request: Request): string {
  return request.headers.get("host") ?? new URL(request.url).host;
}
