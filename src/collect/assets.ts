/**
 * The page's files, part of the program: nothing is fetched from elsewhere.
 *
 * @module
 */
import { type Page, script, stylesheet } from "../web/mod.ts";
import editor from "./page/editor.js" with { type: "text" };
import index from "./page/index.html" with { type: "text" };
import page from "./page/page.js" with { type: "text" };
import style from "./page/style.css" with { type: "text" };
import tests from "./page/tests.js" with { type: "text" };

/** The page and what it loads. */
export const collectPage: Page = {
  index,
  assets: [
    ["collect/page/editor.js", script(editor)],
    ["collect/page/page.js", script(page)],
    ["collect/page/style.css", stylesheet(style)],
    ["collect/page/tests.js", script(tests)],
  ],
};
