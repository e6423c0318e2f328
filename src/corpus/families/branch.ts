/**
 * Choices between answers: grades, clamps, chains of conditions.
 *
 * @module
 */
import { condition, maybeHelper } from "../conditions.ts";
import { between, chance, type Draft, type Draw, param, weighted } from "../draft.ts";
import { join } from "../expressions.ts";

const WORDS = [["low", "mid", "high"], ["a", "b", "c"], ["no", "maybe", "yes"], [
  "small",
  "medium",
  "large",
]];

function grade(d: Draw): Draft {
  const names = d.rng.pick(WORDS);
  const rising = chance(d, 0.5);
  const sign = rising ? d.rng.pick(["<", "<="]) : d.rng.pick([">", ">="]);
  const low = between(d, -2, 6);
  const high = low + between(d, 2, 8);
  const word = { "<": "below", "<=": "at most", ">": "above", ">=": "at least" }[sign]!;
  const [first, second] = rising ? [low, high] : [high, low];
  const [a, b, c] = rising ? names : [...names].reverse();
  const text = `return ${a} if n is ${word} ${first}, ${b} if ${word} ${second}, else ${c}`;
  const chain = chance(d, 0.6)
    ? `if (n ${sign} ${first}) return "${a}"; if (n ${sign} ${second}) return "${b}";`
    : `if (n ${sign} ${first}) { return "${a}"; } else if (n ${sign} ${second}) { return "${b}"; }`;
  return { body: chain, value: `"${c}"`, returns: "other", text, closed: true };
}

function outcome(d: Draw): { code: string; text: string } {
  const c = between(d, 2, 9);
  return weighted(d, [
    [3, { code: `n + ${c}`, text: `n plus ${c}` }],
    [3, { code: `n - ${c}`, text: `n minus ${c}` }],
    [3, { code: `n * ${c}`, text: `n times ${c}` }],
    [2, { code: String(c), text: String(c) }],
    [1, { code: "n", text: "n" }],
    [1, { code: "0", text: "0" }],
    [1, { code: "-n", text: "minus n" }],
    [1, { code: `n % ${c}`, text: `n mod ${c}` }],
    [1, { code: `${c} - n`, text: `${c} minus n` }],
  ]);
}

function chain(d: Draw): Draft {
  const count = d.level === 1 ? 1 : between(d, 1, d.level);
  const parts = Array.from({ length: count }, () => ({
    when: condition(d),
    then: outcome(d),
  }));
  parts[0]!.when = maybeHelper(d, parts[0]!.when, "n");
  const last = outcome(d);
  const body = parts.map(({ when, then }) => `if (${when.code("n")}) return ${then.code};`);
  const words = parts.map(({ when, then }) => `${then.text} if n is ${when.text}`);
  return {
    body: body.join(" "),
    value: last.code,
    returns: "other",
    text: `return ${words.join(", ")}, else ${last.text}`,
    closed: true,
  };
}

function clamp(d: Draw): Draft {
  const low = between(d, -3, 4);
  const high = low + between(d, 3, 9);
  const kept = outcome(d);
  return weighted<() => Draft>(d, [
    [2, () => ({
      body: `if (n < ${low}) return ${low}; if (n > ${high}) return ${high};`,
      value: kept.code,
      returns: "other",
      text: `return ${low} if n is below ${low}, ${high} if above ${high}, else ${kept.text}`,
      closed: true,
    })],
    [2, () => ({
      body: "",
      value: `Math.min(Math.max(n, ${low}), ${high})`,
      returns: "number",
      text: `keep n between ${low} and ${high}`,
    })],
  ])();
}

function compareTwo(d: Draw): Draft {
  param(d, "m", "int");
  const [sign, word] = d.rng.pick([[">", "above"], ["<", "below"], [">=", "at least"]] as const);
  const [yes, no] = [join(d), join(d)];
  const same = chance(d, 0.35);
  const guard = same ? "if (n === m) return 0; " : "";
  const text = `the ${yes.text} of n and m if n is ${word} m, else their ${no.text}`;
  return {
    body: `${guard}if (n ${sign} m) return ${yes.code("n", "m")};`,
    value: no.code("n", "m"),
    returns: "other",
    text: same ? `return 0 if n equals m, ${text}` : `return ${text}`,
    closed: true,
  };
}

function ternary(d: Draw): Draft {
  const when = maybeHelper(d, condition(d), "n");
  const [yes, no] = [outcome(d), outcome(d)];
  return {
    body: "",
    value: `${when.code("n")} ? ${yes.code} : ${no.code}`,
    returns: "number",
    text: `${yes.text} if n is ${when.text}, else ${no.text}`,
  };
}

/** Draws a program that chooses between answers. */
export function branch(d: Draw): Draft {
  param(d, "n", "int");
  return weighted(d, [[2, grade], [4, chain], [1, clamp], [2, compareTwo], [1.5, ternary]])(d);
}
