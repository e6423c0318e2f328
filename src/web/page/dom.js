/**
 * What every page needs of the document and of its server.
 *
 * @module
 */

/** Makes an element with properties and children; texts become text, never markup. */
export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** An element of the page. */
export function byId(id) {
  return document.getElementById(id);
}

/** Asks the page's own server; a refusal is an error with what it says. */
export async function askJson(path, options) {
  const response = await fetch(path, options);
  if (response.ok) return await response.json();
  const { error } = await response.json().catch(() => ({}));
  throw new Error(error ?? `${path}: ${response.status}`);
}

/** Says it once: screen readers read every change. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
