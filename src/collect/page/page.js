/**
 * The page: chooses a task, runs edits of it, saves those that are bugs.
 *
 * @module
 */
import { askJson, byId, element, say } from "../../web/page/dom.js";
import { Editor } from "./editor.js";
import { outdate, showResults, showTests } from "./tests.js";

const LANGUAGES = { js: "JavaScript", ts: "TypeScript", py: "Python" };
const GOALS = {
  "human": {
    title: "Break this program",
    advice:
      "It is correct. Make one to four small edits of the kind that people make by mistake, so that it still " +
      "runs and fails a test.",
  },
  "human-edited-lm": {
    title: "Edit this draft",
    advice:
      "A model wrote it, and it fails. Change what is wrong with it, as someone would who has not found the " +
      "whole mistake, so that it still fails a test.",
  },
};

const [verdict, tests, author, select] = ["verdict", "tests", "author", "item"].map(byId);
const editor = new Editor(byId("code"), byId("lines"), () => {
  verdict.className = "";
  say(verdict, "");
  outdate(tests);
});
let items = [];
let shown;
let busy = false;

const post = (action, body) =>
  askJson(`/items/${select.selectedIndex}/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function listItems() {
  items = await askJson("/items");
  select.replaceChildren(
    ...items.map((item) => element("option", { value: item.id }, label(item))),
  );
  const wanted = new URLSearchParams(location.search).get("item");
  const open = items.findIndex(({ saved }) => saved === 0);
  select.selectedIndex = Math.max(
    0,
    wanted === null ? open : items.findIndex(({ id }) => id === wanted),
  );
  countSaved();
}

function label({ id, draftSource, saved }) {
  const draft = draftSource === null || id.includes(draftSource) ? "" : ` (${draftSource})`;
  return `${saved > 0 ? "✓ " : ""}${id}${draft}`;
}

function countSaved() {
  const saved = items.reduce((sum, item) => sum + item.saved, 0);
  say(byId("count"), `${saved} ${saved === 1 ? "bug" : "bugs"} saved`);
}

async function open(index) {
  select.selectedIndex = index;
  const item = await askJson(`/items/${index}`);
  if (index !== select.selectedIndex) return; // another one was chosen while this one was asked for
  shown = item;
  history.replaceState(null, "", `?item=${encodeURIComponent(item.id)}`);
  byId("entry").textContent = item.entry;
  byId("language").textContent = LANGUAGES[item.language];
  byId("problem").textContent = item.problem;
  byId("prelude-box").hidden = item.prelude === "";
  byId("prelude").textContent = item.prelude;
  byId("goal").textContent = GOALS[item.source].title;
  byId("advice").textContent = GOALS[item.source].advice;
  byId("previous").disabled = index === 0;
  byId("next").disabled = index === items.length - 1;
  showTests(tests, item.tests);
  editor.open(item.id, item.draft);
  tell(`${item.id}, ${index + 1} of ${items.length}`);
}

function tell(text, kind = "") {
  verdict.className = kind;
  say(verdict, text);
}

/** One thing at a time; what comes back for a task that is no longer shown is dropped. */
async function during(text, work) {
  if (busy || !shown) return;
  busy = true;
  const item = shown;
  const code = editor.code;
  tell(text);
  try {
    const report = await work(code);
    if (item === shown) report();
  } catch (error) {
    tell(`No answer: ${error.message}`, "bad");
  } finally {
    busy = false;
  }
}

function run() {
  return during("Running the tests…", async (code) => {
    const report = await post("run", { code });
    return () => {
      showResults(tests, shown.tests, report.tests);
      const fails = report.kind !== "passed";
      const next = report.refusal ?? (fails ? "It can be saved." : "It is no bug yet.");
      tell(`${report.summary} ${next}`, fails && !report.refusal ? "good" : "bad");
    };
  });
}

function save() {
  if (author.value.trim() === "") {
    tell("Say who you are first: your name is saved with the bug.", "bad");
    author.focus();
    return;
  }
  localStorage.setItem("author", author.value.trim());
  return during("Checking the bug…", async (code) => {
    const index = select.selectedIndex;
    const report = await post("save", { code, author: author.value });
    if (report.ok) {
      items[index].saved++;
      select.options[index].textContent = label(items[index]);
      countSaved();
    }
    return () =>
      tell(
        report.ok ? `Saved as ${report.id}.` : `Not saved. ${report.refusal}`,
        report.ok ? "good" : "bad",
      );
  });
}

function go(by) {
  const index = select.selectedIndex + by;
  if (index >= 0 && index < items.length) show(index);
}

function show(index) {
  open(index).catch((error) => tell(`No answer: ${error.message}`, "bad"));
}

function onKey(event) {
  const command = event.ctrlKey || event.metaKey;
  const action = command && event.key === "Enter"
    ? run
    : command && event.key.toLowerCase() === "s"
    ? save
    : event.altKey && event.key === "PageDown"
    ? () => go(1)
    : event.altKey && event.key === "PageUp"
    ? () => go(-1)
    : undefined;
  if (!action) return;
  event.preventDefault();
  action();
}

author.value = localStorage.getItem("author") ?? "";
document.addEventListener("keydown", onKey);
select.addEventListener("change", () => show(select.selectedIndex));
byId("previous").addEventListener("click", () => go(-1));
byId("next").addEventListener("click", () => go(1));
byId("run").addEventListener("click", run);
byId("save").addEventListener("click", save);
byId("reset").addEventListener("click", () => {
  editor.reset();
  showTests(tests, shown.tests);
  tell("Back at the start.");
});
await listItems().catch((error) => tell(`No answer: ${error.message}`, "bad"));
show(select.selectedIndex);
byId("code").focus();
