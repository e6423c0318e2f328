/**
 * A step budget written into a program, so that an endless mutant ends a call and not its whole batch.
 *
 * @module
 */
import { parseProgram, walkNodes } from "../tasks/mod.ts";

interface Insertion {
  at: number;
  text: string;
}

/** Name of the function that counts; the caller defines it. */
export const COUNTER = "__step";

/**
 * The program with a call of the counter at the start of each loop body and each function body.
 *
 * @throws {SyntaxError} If the program does not parse.
 */
export function withBudget(code: string): string {
  const insertions: Insertion[] = [];
  const insert = (at: number, text: string): void => void insertions.push({ at, text });
  walkNodes(parseProgram(code), (node) => {
    const loop = /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
    if (!loop && node.type !== "FunctionDeclaration") return;
    const { body } = node as unknown as { body: { type: string; start: number; end: number } };
    if (body.type === "BlockStatement") return insert(body.start + 1, `${COUNTER}();`);
    insert(body.start, `{${COUNTER}();`);
    insert(body.end, "}");
  });
  let out = code;
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at)) {
    out = out.slice(0, at) + text + out.slice(at);
  }
  return out;
}
