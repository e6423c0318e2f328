import assert from "node:assert/strict";
import { canonicalForm } from "../../src/tasks/mod.ts";

const MESSY = `// a comment
function f(xs,k){let r=0 /* here */
  for(const x of xs){if(x>k){r+=x}else r--}
  return {'a-b':'x',r}}`;

Deno.test("canonicalForm() drops comments, layout and quotes", () => {
  assert.equal(
    canonicalForm(MESSY),
    `function f(xs, k) {
  let r = 0;
  for (const x of xs) {
    if (x > k) {
      r += x;
    } else r--;
  }
  return {
    "a-b": "x",
    r
  };
}`,
  );
});

Deno.test("canonicalForm() applied twice changes nothing", () => {
  const samples = [
    MESSY,
    "const f = async (a, ...b) => { await a?.b[0]?.(`x${b}`); };",
    "class A extends B { static #x = 1n; get y() { return /a\\/b/gu.test(this.#z); } #z = -0 }",
    "for (const [a, {b = 1}] of c) label: while (true) { if (a) continue label; else break; }",
    "x = (a, b), y = -(-c), z = (1, 2) ? (() => ({})) : !function () {}();",
  ];
  for (const sample of samples) {
    const once = canonicalForm(sample);
    assert.equal(canonicalForm(once), once);
  }
});

Deno.test("canonicalForm() keeps what a program means", () => {
  assert.notEqual(canonicalForm("f(a - (b - c))"), canonicalForm("f(a - b - c)"));
  assert.notEqual(canonicalForm("f('1')"), canonicalForm("f(1)"));
  assert.equal(canonicalForm("f((a) - b)"), canonicalForm("f(a - b);"));
});

Deno.test("canonicalForm() accepts scripts that are no modules", () => {
  assert.equal(canonicalForm("with (a) b"), "with (a) b;");
});

Deno.test("canonicalForm() strips the types of TypeScript", () => {
  assert.equal(
    canonicalForm("function f(x: number): string { return <string>g<number>(x!) as string }", "ts"),
    canonicalForm("function f(x) { return g(x) }"),
  );
});

Deno.test("canonicalForm() throws SyntaxError for what does not parse", () => {
  assert.throws(() => canonicalForm("function f( {"), SyntaxError);
  assert.throws(() => canonicalForm("let x: = 1", "ts"), SyntaxError);
});

Deno.test("canonicalForm() of Python drops comments and blank lines, not strings", () => {
  const code =
    `def f(x):  # doubles\n\n    s = '#no'\n    t = """a # b\n\n  c"""\n    return x * 2   \n`;
  const form = `def f(x):\n    s = '#no'\n    t = """a # b\n\n  c"""\n    return x * 2`;
  assert.equal(canonicalForm(code, "py"), form);
  assert.equal(canonicalForm(form, "py"), form);
});
