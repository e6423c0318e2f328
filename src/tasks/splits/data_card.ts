/**
 * The data card: what a split data set holds, in Markdown.
 *
 * @module
 */
import type { StandAloneBug } from "../importers/mod.ts";
import { NEAR } from "./near_duplicates.ts";
import { PARTS, type SplitBugs } from "./split_bugs.ts";

/**
 * Describes a split data set: counts by part, source, language, origin and license, and what was left out.
 *
 * @param title Name of the data set.
 */
export function dataCard(title: string, { parts, refused, sources }: SplitBugs): string {
  const all = PARTS.flatMap((part) => parts[part]);
  const rows = PARTS.map((part) => [
    part,
    new Set(parts[part].map(({ taskId }) => taskId)).size,
    parts[part].length,
    ...sources.map((source) => parts[part].filter((bug) => bug.source === source).length),
  ]);
  const leftOut = refused.map(({ taskId, like }) => `- ${taskId}, nearly the same as ${like}`);
  return [
    `# ${title}`,
    "",
    "Every fixed program passes its tests and every buggy one fails them, found by running both.",
    "Tasks are split whole; " +
    (everySourceTested(parts.test, sources)
      ? "every tested task has a bug of every source; "
      : "") +
    "programs that share " +
    `${NEAR * 100} % of their runs of five tokens are in one part.`,
    "",
    table(["part", "tasks", "bugs", ...sources], rows),
    "",
    table(["language", "origin", "license", "bugs"], originRows(all)),
    "",
    "## Left out",
    "",
    ...(leftOut.length > 0 ? leftOut : ["Nothing."]),
    "",
  ].join("\n");
}

function everySourceTested(bugs: readonly StandAloneBug[], sources: readonly string[]): boolean {
  return [...Map.groupBy(bugs, ({ taskId }) => taskId).values()]
    .every((own) => new Set(own.map(({ source }) => source)).size === sources.length);
}

function originRows(bugs: readonly StandAloneBug[]): (string | number)[][] {
  const keyOf = ({ origin, license, task }: StandAloneBug): string =>
    JSON.stringify([task.language, origin, license]);
  return [...Map.groupBy(bugs, keyOf)]
    .map(([key, own]) => [...JSON.parse(key) as string[], own.length])
    .sort((a, b) => String(a) < String(b) ? -1 : 1);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
