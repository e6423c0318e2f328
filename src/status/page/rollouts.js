/**
 * The last rollouts, each to be opened: who did what, how it was judged, and every text in full.
 *
 * @module
 */
import { element } from "../../web/page/dom.js";
import { shortNumber } from "./charts.js";

const SUMMARY = ["step", "role", "taskId", "origin", "outcome", "reward", "rho"];
const GOOD = ["passed", "valid"];

/** Shows rollouts, the newest first; those a person has opened stay open. */
export function showRollouts(box, rollouts) {
  const known = new Map([...box.children].map((node) => [node.dataset.key, node]));
  const nodes = rollouts.map((rollout, i) => {
    const text = JSON.stringify(rollout);
    const copies = rollouts.slice(0, i).filter((other) => JSON.stringify(other) === text).length;
    const key = `${copies} ${text}`;
    const node = known.get(key) ?? rolloutNode(rollout);
    node.dataset.key = key;
    return node;
  });
  if (nodes.length === 0) nodes.push(element("p", {}, "None yet."));
  if (
    nodes.length === box.childElementCount && nodes.every((node, i) => node === box.children[i])
  ) {
    return;
  }
  const focused = document.activeElement;
  box.replaceChildren(...nodes);
  if (box.contains(focused)) focused.focus({ preventScroll: true });
}

function rolloutNode(rollout) {
  const tags = SUMMARY.filter((key) => isShort(rollout[key])).map((key) => tag(key, rollout[key]));
  const fields = Object.entries(rollout).filter(([key, value]) =>
    !(SUMMARY.includes(key) && isShort(value)) && value !== null && value !== ""
  );
  const body = element("div", { className: "fields" });
  const node = element("details", {}, element("summary", {}, ...tags), body);
  node.addEventListener("toggle", () => {
    if (node.open && body.childElementCount === 0) body.append(...fields.map(fieldNode));
  });
  return node;
}

function fieldNode([key, value]) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 1);
  return element("div", {}, element("h3", {}, key), element("pre", { tabIndex: 0 }, text));
}

function tag(key, value) {
  if (key === "outcome") {
    const className = `tag ${GOOD.includes(value) ? "good" : "bad"}`;
    return element("span", { className }, value);
  }
  return element("span", {}, typeof value === "number" ? `${key} ${shortNumber(value)}` : value);
}

function isShort(value) {
  return typeof value === "number" ||
    (typeof value === "string" && value.length > 0 && value.length < 60);
}
