/**
 * Entry of the process that looks over many candidates, one after the other, each in a fresh JavaScript realm.
 *
 * Such a realm has the objects of the language and nothing of Deno, and cannot make code from strings or import; none of
 * its objects ever comes here. What is allowed in at all, and what an answer is worth, is decided in the host (screen.ts).
 *
 * Runs inside a child process that has no permissions; its second argument is the program of realm.ts.
 *
 * @module
 */
import { readLine, writeLine } from "./line_io.ts";

interface ScreenMessage {
  /** JavaScript without imports and exports. */
  readonly source: string;
  readonly entry: string;
  /** Lists of encoded arguments, as JSON. */
  readonly calls: string;
}

type AnswerCalls = (entry: unknown, calls: string) => unknown;

const { Script, createContext, constants } = process.getBuiltinModule("node:vm");
const REALM_LIMITS = { codeGeneration: { strings: false, wasm: false } };
/** How errors name the candidate's lines, as in a process of its own. */
const FILE = "data:text/javascript,candidate";
const HEAD = '(() => { "use strict"; {';

/** What the candidate answers, or `null` if that cannot be told here. */
function look(realm: InstanceType<typeof Script>, message: ScreenMessage): string | null {
  const { source, entry, calls } = message;
  // deno-lint-ignore no-explicit-any -- a symbol stands for an ordinary global object, which the types do not know
  const context = createContext(constants.DONT_CONTEXTIFY as any, REALM_LIMITS);
  try {
    const answerCalls: AnswerCalls = realm.runInContext(context);
    const program =
      `${HEAD}${source}\nreturn typeof ${entry} === "function" ? ${entry} : null; } })()`;
    const place = { filename: FILE, columnOffset: -HEAD.length };
    const given = new Script(program, place).runInContext(context);
    const answers = typeof given === "function" ? answerCalls(given, calls) : null;
    return typeof answers === "string" ? answers : null;
  } catch {
    return null; // whatever it was, it is an object of the other realm
  }
}

function main(): void {
  const realm = new Script(Deno.args[1]!);
  writeLine("ready");
  for (;;) {
    const message = readLine() as ScreenMessage | undefined;
    if (!message) return;
    writeLine({ answers: look(realm, message) });
  }
}

main();
Deno.exit(0);
