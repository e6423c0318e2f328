/**
 * Files of pages, part of the program: nothing is fetched from elsewhere.
 *
 * A file is served under its path below `src/`, so that the pages' scripts import each other alike on disk and in a browser.
 *
 * @module
 */
import dom from "./page/dom.js" with { type: "text" };
import base from "./page/base.css" with { type: "text" };

/** A file that a page loads. */
export interface Asset {
  /** Its content type. */
  readonly type: string;
  /** Its text. */
  readonly text: string;
}

/** A script. */
export function script(text: string): Asset {
  return { type: "text/javascript; charset=utf-8", text };
}

/** A style sheet. */
export function stylesheet(text: string): Asset {
  return { type: "text/css; charset=utf-8", text };
}

/** What all pages share: colours, controls and helpers for scripts. */
export const commonAssets: readonly (readonly [string, Asset])[] = [
  ["web/page/dom.js", script(dom)],
  ["web/page/base.css", stylesheet(base)],
];
