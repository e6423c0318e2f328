/**
 * A new array from an array: filtering, mapping, inserting, splitting.
 *
 * @module
 */
import { condition, maybeHelper, positionCondition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { maybeTransform, transform } from "../expressions.ts";
import { overItems } from "../loops.ts";

const list = (body: string, text: string): Draft => ({
  body: `const r = []; ${body}`,
  value: "r",
  returns: "numbers",
  text,
});

function pushing(d: Draw): Draft {
  const term = maybeTransform(d, 0.5);
  if (term.text !== "numbers" && chance(d, 0.25)) {
    return list(
      overItems(d, "xs", (x) => `r.push(${term.code(x)});`),
      `list the ${term.text} of xs`,
    );
  }
  const by = maybeHelper(d, condition(d), "x");
  return list(
    overItems(d, "xs", (x) => `if (${by.code(x)}) r.push(${term.code(x)});`),
    `list the ${term.text} of xs where x is ${by.text}`,
  );
}

function choosing(d: Draw): Draft {
  const by = condition(d);
  const [yes, no] = [transform(d), maybeTransform(d, 0.3)];
  const text = `list the ${yes.text} of xs where x is ${by.text}, else the ${no.text}`;
  if (chance(d, 0.3)) {
    const value = `xs.map(x => ${by.code("x")} ? ${yes.code("x")} : ${no.code("x")})`;
    return { body: "", value, returns: "numbers", text };
  }
  return list(
    overItems(
      d,
      "xs",
      (x) => `if (${by.code(x)}) r.push(${yes.code(x)}); else r.push(${no.code(x)});`,
    ),
    text,
  );
}

function methods(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const term = transform(d);
  return weighted<() => Draft>(d, [
    [3, () => ({
      body: "",
      value: `xs.filter(x => ${by.code("x")}).map(x => ${term.code("x")})`,
      returns: "numbers",
      text: `list the ${term.text} of xs where x is ${by.text}`,
    })],
    [1, () => ({
      body: "",
      value: `xs.map(x => ${term.code("x")}).filter(x => ${by.code("x")})`,
      returns: "numbers",
      text: `take the ${term.text} of xs and keep those that are ${by.text}`,
    })],
    [1, () => ({
      body: "",
      value: `xs.map((x, i) => x * i)`,
      returns: "numbers",
      text: "list the numbers times their position in xs",
    })],
  ])();
}

function positions(d: Draw): Draft {
  const by = maybeHelper(d, condition(d), "x");
  const at = positionCondition(d);
  return weighted(d, [
    [2, () =>
      list(
        overItems(d, "xs", (x, i) => `if (${by.code(x)}) r.push(${i});`, { indexed: true }),
        `list the positions in xs where x is ${by.text}`,
      )],
    [2, () =>
      list(
        overItems(d, "xs", (x, i) => `if (${at.code(i)}) r.push(${x});`, { indexed: true }),
        `list the numbers of xs at ${at.text}`,
      )],
    [1, () =>
      list(
        overItems(d, "xs", (x, i) => `r.push(${x} + ${i});`, { indexed: true }),
        "list the numbers plus their position in xs",
      )],
  ])();
}

function running(d: Draw): Draft {
  const by = condition(d);
  const reset = d.level > 1 && chance(d, 0.5);
  const term = maybeTransform(d, 0.3);
  const loop = overItems(
    d,
    "xs",
    (x) => `${reset ? `if (${by.code(x)}) a = 0; ` : ""}a += ${term.code(x)}; r.push(a);`,
  );
  const text = `list the running sums of the ${term.text} of xs`;
  return list(`let a = 0; ${loop}`, reset ? `${text}, starting anew where x is ${by.text}` : text);
}

function doubling(d: Draw): Draft {
  const by = condition(d);
  const extra = weighted(d, [[2, "x"], [2, String(between(d, -1, 9))], [1, "-x"]]);
  const words = extra === "x" ? "x again" : extra === "-x" ? "minus x" : extra;
  const code = (x: string): string =>
    `r.push(${x}); if (${by.code(x)}) r.push(${extra.replace("x", x)});`;
  return list(overItems(d, "xs", code), `copy xs and put ${words} after each x that is ${by.text}`);
}

/** Draws a program that builds an array. */
export function build(d: Draw): Draft {
  param(d, "xs", "ints");
  const rules = [
    [5, pushing],
    [2, choosing],
    [2, methods],
    [2, positions],
    [1.5, running],
    [1.5, doubling],
  ] as const;
  return weighted(d, rules)(d);
}
