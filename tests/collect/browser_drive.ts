/**
 * A person at the collecting page, played by a real browser: `browser_drive.ts URL`. Ends with 1 and the reason if the page
 * is not as it should be.
 *
 * It is a process of its own because the library that drives the browser asks for every permission.
 *
 * @module
 */
import assert from "node:assert/strict";
import { chromium, type Page } from "playwright-core";
import { smallTasks } from "../support/small_bugs.ts";

const [url = ""] = Deno.args;
const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Id of what has the focus. */
const focused = (page: Page) => page.evaluate("document.activeElement.id");

const verdict = (page: Page, text: string | RegExp) =>
  page.locator("#verdict", { hasText: text }).waitFor();

/** Makes a bug with the keyboard alone. */
async function writeBug(page: Page): Promise<void> {
  const press = (key: string) => page.keyboard.press(key);
  assert.equal(await focused(page), "code");
  assert.equal(await page.inputValue("#code"), smallTasks()[0]!.solution);

  await press("Control+s");
  await verdict(page, "Say who you are first");
  assert.equal(await focused(page), "author");
  await page.keyboard.type("Ada");
  const order = [];
  for (let i = 0; i < 5; i++) {
    await press("Tab");
    order.push(await focused(page));
  }
  assert.deepEqual(order, ["tests", "code", "run", "save", "reset"]);
  for (let i = 0; i < 3; i++) await press("Shift+Tab");
  assert.equal(await focused(page), "code");
  const outline = "getComputedStyle(document.activeElement.parentElement).outlineStyle";
  assert.equal(await page.evaluate(outline), "solid");

  await press("Control+Enter");
  await verdict(page, "All 4 tests pass. Only layout or comments differ");
  await press("Control+Home");
  await press("ArrowDown");
  await press("End");
  await press("ArrowLeft");
  await press("Backspace");
  await page.keyboard.type("7"); // let s = 0 becomes let s = 7
  await press("End");
  await press("Enter");
  assert.match(await page.inputValue("#code"), /let s = 7;\n {2}\n/); // the indentation is kept
  await press("Control+Enter");
  await verdict(page, "4 of 4 tests fail. It can be saved.");
  assert.match(await page.locator("#tests").innerText(), /f\(\[\]\)\s+0\s+✗ fails received 7/);
  await press("Control+s");
  await verdict(page, /^Saved as t0\/human-/);
  assert.equal(await page.innerText("#count"), "1 bug saved");

  await press("Alt+PageDown");
  await verdict(page, "2 of 6");
  assert.equal(await page.innerText("#goal"), "Edit this draft");
  await press("Alt+PageUp");
  await verdict(page, "1 of 6");
  assert.match(await page.inputValue("#code"), /let s = 7/); // edits survive the change of tasks
}

/** Looks at names and contrast. */
async function inspect(page: Page): Promise<void> {
  for (const name of ["Previous", "Next", "Run tests Ctrl Enter", "Start over"]) {
    await page.getByRole("button", { name }).waitFor();
  }
  await page.getByRole("textbox", { name: "Your name" }).waitFor();
  await page.getByRole("textbox", { name: "Break this program" }).waitFor();
  await page.getByRole("combobox", { name: "Task" }).waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const ratios = await page.evaluate(CONTRASTS) as Record<string, number>;
    for (const [id, ratio] of Object.entries(ratios)) {
      assert.ok(ratio >= 4.5, `${colorScheme} ${id}: ${ratio}`); // WCAG 2.2, 1.4.3
    }
  }
}

/** Contrast of text and ground by WCAG's definition, in the page. */
const CONTRASTS = `(() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => channels(color).slice(0, 3)
    .map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    const { backgroundColor } = getComputedStyle(node);
    return channels(backgroundColor)[3] === 0 ? ground(node.parentElement) : backgroundColor;
  };
  const ratio = (node) => {
    const [a, b] = [getComputedStyle(node).color, ground(node)].map(luminance);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const ids = ["problem", "advice", "code", "lines", "run", "save", "count", "language"];
  return Object.fromEntries(ids.map((id) => [id, ratio(document.getElementById(id))]));
})()`;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ARGS });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const failures: string[] = [];
  page.on("console", (message) => message.type() === "error" && failures.push(message.text()));
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url)) failures.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  await page.locator("#verdict", { hasText: "1 of 6" }).waitFor();
  await inspect(page);
  await writeBug(page);
  assert.deepEqual(failures, []);
} finally {
  await browser.close();
}
