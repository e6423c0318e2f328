/**
 * An analysis of bugs as tables and plots.
 *
 * @module
 */
import type { Analysis, SourceProfile } from "./analyse.ts";
import { EDIT_SIZES } from "./analyse_edits.ts";
import { barChart, type Chart, heatChart } from "./charts.ts";
import { markdownTable, percent, type Table, textTable } from "./table.ts";

/** Kinds of edits that are shown; rarer ones are counted together. */
const MOST_OPERATORS = 20;

/** An analysis for a terminal, as Markdown, and as charts by name. */
export function analysisReport(
  analysis: Analysis,
  title: string,
): { text: string; markdown: string; charts: Record<string, Chart> } {
  const tables: readonly (readonly [string, Table])[] = [
    ["Failing tests", failureTable(analysis)],
    ["Edits", editTable(analysis)],
    ["Neighbours of other tasks", purityTable(analysis)],
  ];
  const notes = [classifierNote(analysis)].filter((note) => note !== "");
  const head = `${title}: ${analysis.items} bugs of ${analysis.tasks} tasks`;
  const charts = analysisCharts(analysis);
  return {
    text: [head, ...tables.map(([name, table]) => `${name}\n${textTable(table)}`), ...notes]
      .join("\n\n"),
    markdown: [
      `# ${head}`,
      ...tables.flatMap(([name, table]) => [`## ${name}`, markdownTable(table)]),
      ...notes,
      ...Object.keys(charts).map((name) => `![${name.replaceAll("-", " ")}](${name}.svg)`),
    ].join("\n\n") + "\n",
    charts,
  };
}

/** Profiles of all sources, the generated bugs last. */
function profiles({ sources, generated }: Analysis): [string, SourceProfile][] {
  return [...Object.entries(sources), ...(generated ? [["generated", generated] as const] : [])]
    .map(([name, profile]) => [name, profile]);
}

function failureTable(analysis: Analysis): Table {
  return {
    head: ["source", "n", "tests failed, %", "failing all, %", "not failing"],
    rows: profiles(analysis).map(([name, { n, failedShare, failsAllShare, notFailing }]) => [
      name,
      String(n),
      percent(failedShare),
      percent(failsAllShare),
      String(notFailing),
    ]),
  };
}

function editTable(analysis: Analysis): Table {
  return {
    head: ["source", "lines, mean", "median", "entropy, bits", "most frequent edits, %"],
    rows: profiles(analysis).map(([name, { changedLines, operators, operatorEntropy }]) => [
      name,
      changedLines.mean.toFixed(1),
      String(changedLines.median),
      operatorEntropy.toFixed(2),
      shares(operators).slice(0, 3).map(([operator, share]) => `${operator} ${percent(share)}`)
        .join(", "),
    ]),
  };
}

function purityTable({ purity }: Analysis): Table {
  return {
    head: ["source", "of the same source, %", "by chance, %"],
    rows: Object.entries(purity).map(([name, { purity, low, high, chance }]) => [
      name,
      `${percent(purity)} [${percent(low)}, ${percent(high)}]`,
      percent(chance),
    ]),
  };
}

function classifierNote({ generated }: Analysis): string {
  if (!generated?.classifier) return "";
  const { auc, low, high } = generated.classifier;
  return `Generated bugs are told from the others with an AUC of ${auc.toFixed(3)} ` +
    `[${low.toFixed(3)}, ${high.toFixed(3)}]; 0.5 is a coin toss.`;
}

function analysisCharts(analysis: Analysis): Record<string, Chart> {
  const rows = profiles(analysis);
  const charts: Record<string, Chart> = {
    "failing-tests": barChart(
      rows.flatMap(([x, { failedShare, failsAllShare }]) => [
        { x, part: "tests failed, mean", amount: failedShare },
        { x, part: "bugs failing every test", amount: failsAllShare },
      ]),
      { title: "Failing tests", x: "source of bugs", y: "share" },
      { share: true },
    ),
    "edit-sizes": barChart(
      EDIT_SIZES.flatMap(([x]) =>
        rows.map(([part, { n, sizes }]) => ({ x, part, amount: sizes[x]! / n }))
      ),
      { title: "Size of edits", x: "lines changed", y: "share of bugs" },
      { share: true },
    ),
    "operators": heatChart(operatorCells(rows), {
      title: "Kinds of edits",
      x: "source",
      y: "edit",
    }),
  };
  if (Object.keys(analysis.purity).length > 0) {
    charts["source-purity"] = heatChart(
      Object.entries(analysis.purity).flatMap(([row, { neighbours }]) =>
        Object.entries(neighbours).map(([column, value]) => ({ row, column, value }))
      ),
      {
        title: "Where the nearest bugs of other tasks come from",
        x: "source of the neighbours",
        y: "source of the bug",
      },
    );
  }
  return charts;
}

/** Shares of every operator in every source, the operators that are frequent anywhere first. */
function operatorCells(rows: readonly (readonly [string, SourceProfile])[]) {
  const bySource = rows.map(([column, { operators }]) =>
    [column, new Map(shares(operators))] as const
  );
  const largest = (name: string): number =>
    Math.max(...bySource.map(([, found]) => found.get(name) ?? 0));
  const names = [...new Set(bySource.flatMap(([, found]) => [...found.keys()]))]
    .sort((a, b) => largest(b) - largest(a) || (a < b ? -1 : 1));
  const [shown, rest] = [names.slice(0, MOST_OPERATORS), names.slice(MOST_OPERATORS)];
  return bySource.flatMap(([column, found]) => {
    const cells = shown.map((row) => ({ row, column, value: found.get(row) ?? 0 }));
    const others = rest.reduce((sum, name) => sum + (found.get(name) ?? 0), 0);
    return rest.length === 0 ? cells : [...cells, { row: "others", column, value: others }];
  });
}

function shares(counts: Readonly<Record<string, number>>): [string, number][] {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.entries(counts).map(([name, count]) => [name, count / total]);
}
