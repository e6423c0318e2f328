import { strictEqual } from "node:assert/strict";
import { judge, type Task } from "../mod.ts";

Deno.test("judge() tells a right program from a wrong one", async () => {
  const tests: Task["tests"] = { kind: "cases", cases: [{ args: [2], expected: 4 }] };
  const program = { language: "js", entry: "f" } as const;
  const right = await judge({ ...program, code: "function f(n) { return n * 2; }" }, tests);
  const wrong = await judge({ ...program, code: "function f(n) { return n + 1; }" }, tests);
  strictEqual(right.kind, "passed");
  strictEqual(wrong.kind, "failed");
});
