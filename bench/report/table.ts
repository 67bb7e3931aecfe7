import { type Figure, type Goal, isReached, type Section } from "./figure.ts";

const heading = ["figure", "median", "goal", "", "detail"];
const digits = 3;

/** The tables of a run in Markdown, which is also what the terminal shows. */
export function printSections(sections: readonly Section[]): string {
  return sections.map(printSection).join("\n");
}

function printSection({ title, method, figures }: Section): string {
  return `### ${title}\n\n${method}\n\n${printTable([heading, ...figures.map(cellsOf)])}`;
}

function cellsOf(figure: Figure): readonly string[] {
  const { name, value, unit, goal, detail = "" } = figure;
  const verdict = goal === undefined ? "" : isReached(figure, goal) ? "reached" : "**missed**";
  return [name, `${printNumber(value)} ${unit}`, goal === undefined ? "" : printGoal(goal, unit), verdict, detail];
}

function printGoal(goal: Goal, unit: string): string {
  return "atLeast" in goal ? `≥ ${printNumber(goal.atLeast)} ${unit}` : `≤ ${printNumber(goal.atMost)} ${unit}`;
}

/** Three significant digits: the next one differs from run to run. */
export function printNumber(value: number): string {
  return Number(value.toPrecision(digits)).toLocaleString("en");
}

/** Rows of cells, the first being the heading, with columns aligned. */
export function printTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |\n`;
  const [head = [], ...body] = rows;
  return line(head) + line(widths.map((width) => "-".repeat(width))) + body.map(line).join("");
}
