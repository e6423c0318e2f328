/**
 * An evaluation for a terminal, as Markdown, and as JUnit XML for continuous integration.
 *
 * @module
 */
import type { PairedEvaluation } from "./compare.ts";
import type { Contamination } from "./contamination.ts";
import type { Estimate } from "./estimators.ts";
import type { EvaluationSummary, ItemResult, PassAtK } from "./evaluate.ts";
import { pairedTable } from "./report.ts";
import type { SolvingSummary } from "./solve.ts";
import { markdownTable, percent, percentInterval, type Table, textTable } from "./table.ts";

/** A rate and the number of bugs or tasks it is of. */
export type Rate = Estimate & { readonly n: number };

/** What an evaluation found. */
export interface EvaluationOutcome {
  /** The model that was measured. */
  readonly model: string;
  /** The bench it was measured on. */
  readonly bench: string;
  readonly summary: EvaluationSummary;
  readonly results: readonly ItemResult[];
  /** Fix rates by kind of mistake. */
  readonly kinds: Readonly<Record<string, Rate>>;
  /** Tasks solved from scratch. */
  readonly solving?: SolvingSummary;
  /** What of the bench stands in files the model was trained on. */
  readonly contamination?: Contamination;
  /** The comparison with another evaluation: its name, and both side by side, this one second. */
  readonly against?: { readonly name: string; readonly paired: PairedEvaluation };
}

/** The evaluation as tables for a terminal. */
export function evaluationText(outcome: EvaluationOutcome): string {
  const { against } = outcome;
  const parts = [`${textTable(rateTable(outcome.summary))}\n${facts(outcome).join("\n")}`];
  if (against) parts.push(`Against ${against.name}\n${textTable(againstTable(against.paired))}`);
  return parts.join("\n\n");
}

/** The evaluation as a Markdown page. */
export function evaluationMarkdown(outcome: EvaluationOutcome): string {
  const { model, bench, summary, kinds, against } = outcome;
  return [
    `# ${model} on ${bench}`,
    markdownTable(rateTable(summary)),
    ...facts(outcome),
    ...(against ? [`## Against ${against.name}`, markdownTable(againstTable(against.paired))] : []),
    "## By kind of mistake",
    markdownTable({
      head: ["mistake", "n", "fix rate, %"],
      rows: Object.entries(kinds).map(rateRow),
    }),
    "Brackets are 95 % intervals: Wilson's for a source, the bootstrap over tasks for the mean and for changes.",
  ].join("\n\n") + "\n";
}

/**
 * The evaluation as JUnit XML: a suite a source, a case a bug, which fails if no attempt repairs it.
 *
 * @param outcome Its bench names the whole.
 */
export function evaluationJunit({ bench, results }: EvaluationOutcome): string {
  const suites = [...Map.groupBy(results, ({ source }) => source)].sort(([a], [b]) =>
    a < b ? -1 : 1
  );
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    openSuite("testsuites", bench, results),
    ...suites.flatMap(([source, own]) => [
      `  ${openSuite("testsuite", source, own)}`,
      ...own.map((result) => `    ${testCase(result)}`),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ].join("\n") + "\n";
}

/** Rates by source and their mean; pass@k has columns where there are several samples. */
function rateTable({ sources, mean, items, passAtK, passAtKBySource }: EvaluationSummary): Table {
  const ks = Object.keys(passAtK).filter((k) => k !== "1");
  const row = (name: string, rate: Rate, atK: PassAtK): string[] => [
    ...rateRow([name, rate]),
    ...ks.map((k) => percent(atK[k]!)),
  ];
  return {
    head: ["source", "n", "fix rate, %", ...ks.map((k) => `pass@${k}`)],
    rows: [
      ...Object.entries(sources).map(([name, rate]) => row(name, rate, passAtKBySource[name]!)),
      row("mean", { ...mean, n: items }, passAtK),
    ],
  };
}

function rateRow([name, rate]: readonly [string, Rate]): string[] {
  return [name, String(rate.n), percentInterval(rate)];
}

function againstTable(paired: PairedEvaluation): Table {
  return pairedTable(paired, ["the other", "this one"]);
}

/** What the table does not say, a line a subject. */
function facts({ summary, solving, contamination }: EvaluationOutcome): string[] {
  const { visibleRate, changedLines, truncatedShare } = summary;
  const repairs = [
    `visible tests alone: ${percent(visibleRate)} %`,
    ...(changedLines === undefined ? [] : [`a repair changes ${changedLines.toFixed(1)} lines`]),
    ...(truncatedShare > 0
      ? [`${percent(truncatedShare)} % of the replies cut off (see --max-tokens)`]
      : []),
  ].join("; ");
  return [
    repairs,
    ...(solving ? [solvingFacts(solving)] : []),
    ...(contamination ? [contaminationFacts(contamination)] : []),
  ];
}

function solvingFacts({ fixRate, low, high, verbatimShare }: SolvingSummary): string {
  return `${percentInterval({ fixRate, low, high })} % of the tasks solved from scratch, ` +
    `${percent(verbatimShare)} % with the reference word for word`;
}

function contaminationFacts({ tasks, same, near, clean }: Contamination): string {
  const found =
    `of ${tasks} tasks, ${same.length} stand in the training files and ${near.length} nearly do`;
  return clean ? `${found}; fix rate on the others: ${percentInterval(clean)} %` : found;
}

function openSuite(tag: string, name: string, results: readonly ItemResult[]): string {
  const failures = results.filter(({ passed }) => passed === 0).length;
  return `<${tag} name="${escapeXml(name)}" tests="${results.length}" failures="${failures}">`;
}

function testCase({ id, taskId, source, passed, visible, attempts }: ItemResult): string {
  const head = `<testcase classname="${escapeXml(`${source}.${taskId}`)}" name="${escapeXml(id)}"`;
  if (passed > 0) return `${head}/>`;
  const message = `none of ${attempts} repairs passes all tests; ${visible} pass the visible ones`;
  return `${head}><failure message="${message}"/></testcase>`;
}

/** Text as it may stand in an attribute; characters that XML cannot hold are replaced. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"\n\r\t]/g, (char) => `&#${char.codePointAt(0)};`)
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
}
