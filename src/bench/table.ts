/**
 * Tables of rates, for a terminal and as Markdown.
 *
 * @module
 */

/** A table of texts; columns of numbers are aligned to the right. */
export interface Table {
  /** Titles of the columns. */
  readonly head: readonly string[];
  /** Cells, as many a row as there are titles. */
  readonly rows: readonly (readonly string[])[];
}

/** The table in columns of fixed width, without a final line end. */
export function textTable(table: Table): string {
  const { head, rows } = table;
  const widths = head.map((title, c) =>
    Math.max(...[title, ...rows.map((row) => row[c]!)].map((cell) => cell.length))
  );
  const numeric = numericColumns(table);
  const line = (cells: readonly string[]): string =>
    cells.map((cell, c) => numeric[c] ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))
      .join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...rows.map(line)].join("\n");
}

/** The table as Markdown, without a final line end. */
export function markdownTable(table: Table): string {
  const { head, rows } = table;
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(" | ")} |`;
  const rule = numericColumns(table).map((numeric) => numeric ? "---:" : "---");
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** A share as percent with one digit. */
export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

/** A share and its interval as percent: `41.0 [31.9, 50.8]`. */
export function percentInterval(
  { fixRate, low, high }: { readonly fixRate: number; readonly low: number; readonly high: number },
): string {
  return `${percent(fixRate)} [${percent(low)}, ${percent(high)}]`;
}

/** A difference of shares in percentage points: `+6.0`. */
export function points(share: number): string {
  return (share < 0 ? "" : "+") + percent(share);
}

/** A difference of shares and its interval in percentage points: `+6.0 [+1.0, +11.0]`. */
export function pointsInterval(
  { diff, low, high }: { readonly diff: number; readonly low: number; readonly high: number },
): string {
  return `${points(diff)} [${points(low)}, ${points(high)}]`;
}

/** A p-value with three digits. */
export function pValue(p: number): string {
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** Which columns hold numbers, with or without their interval, or nothing. */
function numericColumns({ head, rows }: Table): boolean[] {
  return head.map((_, c) => rows.every((row) => /^([-+<]?\d[^a-z]*)?$/.test(row[c]!)));
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
