/**
 * Functions of a number that call themselves.
 *
 * @module
 */
import { condition } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";

const recursive = (body: string, value: string, text: string): Draft => ({
  body,
  value,
  returns: "other",
  text,
  closed: true,
  recursive: true,
});

function term(d: Draw): { code: string; text: string } {
  const c = between(d, 2, 5);
  return weighted(d, [
    [4, { code: "n", text: "n" }],
    [2, { code: "n * n", text: "n squared" }],
    [2, { code: `n * ${c}`, text: `n times ${c}` }],
    [2, { code: String(c), text: String(c) }],
    [1, { code: `(n + ${c})`, text: `n plus ${c}` }],
    [1, { code: `n % ${c}`, text: `n mod ${c}` }],
  ]);
}

function countdown(d: Draw): Draft {
  const t = term(d);
  const [op, word] = weighted(d, [[4, ["+", "plus"]], [2, ["*", "times"]], [1, ["-", "minus"]]]);
  const step = weighted(d, [[5, 1], [2, 2], [1, 3]]);
  const [limit, base] = [between(d, 0, 1), between(d, 0, 3)];
  const text =
    `f of n is ${base} if n is at most ${limit}, else ${t.text} ${word} f of n minus ${step}`;
  return recursive(`if (n <= ${limit}) return ${base};`, `${t.code} ${op} f(n - ${step})`, text);
}

function branching(d: Draw): Draft {
  const when = condition(d);
  const [yes, no] = [term(d), term(d)];
  const [a, b] = [between(d, 1, 2), between(d, 1, 3)];
  const base = between(d, 0, 2);
  const text = `f of n is ${base} if n is below 1, ${yes.text} plus f of n minus ${a} ` +
    `if n is ${when.text}, else ${no.text} plus f of n minus ${b}`;
  const body = `if (n < 1) return ${base}; if (${
    when.code("n")
  }) return ${yes.code} + f(n - ${a});`;
  return recursive(body, `${no.code} + f(n - ${b})`, text);
}

function twofold(d: Draw): Draft {
  const [a, b] = weighted(d, [[4, [1, 2]], [1, [1, 3]], [1, [2, 3]]]);
  const c = weighted(d, [[3, 0], [1, between(d, 1, 3)]]);
  const [op, word] = weighted(d, [[4, ["+", "plus"]], [1, ["-", "minus"]]]);
  const base = weighted(d, [[2, "n"], [2, "1"], [1, "2"]]);
  const limit = base === "n" ? 1 : b === 3 ? 2 : 1;
  const more = c === 0 ? "" : ` + ${c}`;
  const words = c === 0 ? "" : ` plus ${c}`;
  const text =
    `f of n is ${base} if n is at most ${limit}, else f of n minus ${a} ${word} f of n ` +
    `minus ${b}${words}`;
  return recursive(
    `if (n <= ${limit}) return ${base};`,
    `f(n - ${a}) ${op} f(n - ${b})${more}`,
    text,
  );
}

function halving(d: Draw): Draft {
  const by = weighted(d, [[3, "2"], [2, "10"], [1, "3"]]);
  const gain = weighted(d, [[2, ["1", "1"]], [3, [`n % ${by}`, `n mod ${by}`]]]);
  const text = `f of n is 0 if n is below 1, else ${gain[1]} plus f of n over ${by} rounded down`;
  return recursive("if (n < 1) return 0;", `${gain[0]} + f(Math.floor(n / ${by}))`, text);
}

function twoNumbers(d: Draw): Draft {
  param(d, "m", "nat");
  const c = between(d, 1, 3);
  return weighted(d, [
    [
      2,
      () =>
        recursive(
          "if (m === 0) return n;",
          "f(m, n % m)",
          "find the greatest common divisor of n and m",
        ),
    ],
    [2, () =>
      recursive(
        `if (m < 1) return ${c};`,
        "n * f(n, m - 1)",
        `multiply ${c} by n, m times`,
      )],
    [1, () =>
      recursive(
        "if (m < 1) return 0;",
        `n + ${c} + f(n, m - 1)`,
        `add n plus ${c}, m times`,
      )],
    [1, () =>
      recursive(
        `if (n < m) return n;`,
        `f(n - m - ${c}, m)`,
        `take m plus ${c} from n until n is below m`,
      )],
  ])();
}

function spelled(d: Draw): Draft {
  const [mark, front] = [d.rng.pick([..."*-ox"]), chance(d, 0.5)];
  const step = weighted(d, [[3, 1], [1, 2]]);
  const value = front ? `"${mark}" + f(n - ${step})` : `n + "${mark}" + f(n - ${step})`;
  const words = front ? mark : `n and ${mark}`;
  const text = `write ${words} for n, then for n minus ${step} and so on while n is above 0`;
  return recursive(`if (n < 1) return "";`, value, text);
}

/** Draws a recursive function of a number. */
export function recursion(d: Draw): Draft {
  param(d, "n", "nat");
  const rules = [
    [4, countdown],
    [3, branching],
    [2, twofold],
    [1, halving],
    [2, twoNumbers],
    [1, spelled],
  ] as const;
  return weighted(d, rules)(d);
}
