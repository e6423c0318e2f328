/**
 * HumanEvalPack (Muennighoff et al., arXiv:2308.07124): solutions of HumanEval into which people put a bug.
 *
 * A program is the declaration and a body; a test is a text that ends in a call. Of the six languages, Python and
 * JavaScript are judged.
 *
 * @module
 */
import { z } from "zod";
import { type Refusal, refuse, type StandAloneBug } from "./record.ts";
import { type ImportDefaults, type ImportedRecord, ImportReason } from "./record.ts";
import { importLines } from "./json_lines.ts";

const HumanEvalItem = z.object({
  task_id: z.string().regex(/^[^/]+\/\w+$/, "expected language/number"),
  prompt: z.string(),
  declaration: z.string(),
  buggy_solution: z.string(),
  canonical_solution: z.string(),
  test: z.string().min(1),
  entry_point: z.string().min(1),
  docstring: z.string().optional(),
});
type HumanEvalItem = z.output<typeof HumanEvalItem>;

const LANGUAGES: Readonly<Record<string, "js" | "py">> = { JavaScript: "js", Python: "py" };

/** The tests use `console.assert`, which by itself only prints. */
const ASSERT = `Object.assign(console, {
  assert(held, ...words) {
    if (!held) throw new Error(["assertion failed", ...words].join(" "));
  },
});
`;

/**
 * Reads a JSON Lines file of HumanEvalPack.
 *
 * @throws {ConfigError} If the file cannot be opened.
 */
export function importHumanEvalPack(
  path: string,
  defaults: ImportDefaults,
): AsyncGenerator<ImportedRecord> {
  return importLines(path, HumanEvalItem, (item) => toBug(item, defaults));
}

function toBug(item: HumanEvalItem, defaults: ImportDefaults): StandAloneBug | Refusal {
  const [name = "", number = ""] = item.task_id.split("/");
  const language = LANGUAGES[name];
  if (!language) {
    return refuse(ImportReason.LANGUAGE, `expected Python or JavaScript, found ${name}`);
  }
  const origin = `HumanEvalPack ${name}`;
  const license = defaults.license || "MIT";
  const taskId = `humaneval/${number}`;
  const source = defaults.source || "human";
  const test = language === "js" ? ASSERT + item.test : calledCheck(item);
  return {
    id: `humanevalpack-${language}-${number}/${source}`,
    taskId,
    source,
    origin,
    license,
    buggy: (item.declaration + item.buggy_solution).trim() + "\n",
    task: {
      id: taskId,
      origin,
      license,
      language,
      entry: entryOf(item),
      problem: (item.docstring || item.prompt).trim(),
      solution: (item.declaration + item.canonical_solution).trim() + "\n",
      tests: { kind: "program", text: test },
    },
  };
}

/** The declared name: the files write some entry points with other capitals. */
function entryOf({ declaration, entry_point: entry }: HumanEvalItem): string {
  const names = [...declaration.matchAll(/\b(?:const|let|var|function|def)\s+(\w+)/g)];
  const own = names.find(([, name]) => name!.toLowerCase() === entry.toLowerCase());
  return own?.[1] ?? entry;
}

/** HumanEval's own files define `check` and leave the call to whoever runs them. */
function calledCheck(item: HumanEvalItem): string {
  const { test } = item;
  const uncalled = /^def check\(/m.test(test) && !/^check\(/m.test(test);
  return uncalled ? `${test}\ncheck(${entryOf(item)})\n` : test;
}
