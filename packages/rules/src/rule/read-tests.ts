import { didYouMean } from "../near-miss.ts";
import type { Column, RuleTable } from "../tables.ts";
import { describe, type Located, type LocatedEntry } from "../yaml/located.ts";
import { Fields, shownKey } from "./fields.ts";
import type { IssueList } from "./issue.ts";
import { type Rule, type RuleTest, ruleLimits, type TestRow } from "./rule.ts";

/** Reads `tests`: under `match` and `no_match` a list, each item a map of table to one row or a list of rows. */
export function readTests(node: Located | undefined, tables: readonly RuleTable[], issues: IssueList): Rule["tests"] {
  if (node === undefined) return { match: [], noMatch: [] };
  if (node.kind !== "map") {
    issues.add("test_invalid", `tests is a map with match and no_match, not ${describe(node)}`, node.offset);
    return { match: [], noMatch: [] };
  }
  const fields = new Fields(node, ["match", "no_match"], issues);
  const read = (key: string): readonly RuleTest[] => readList(fields.get(key), key, tables, issues);
  return { match: read("match"), noMatch: read("no_match") };
}

function readList(
  node: Located | undefined,
  key: string,
  tables: readonly RuleTable[],
  issues: IssueList,
): readonly RuleTest[] {
  if (node === undefined) return [];
  const items = node.kind === "list" ? node.items : [node];
  if (items.length > ruleLimits.tests) {
    issues.add("test_invalid", `${key} has more than ${ruleLimits.tests} tests`, node.offset);
  }
  return items
    .slice(0, ruleLimits.tests)
    .flatMap((item, index) => readTest(item, `${key} ${index + 1}`, tables, issues));
}

function readTest(node: Located, title: string, tables: readonly RuleTable[], issues: IssueList): readonly RuleTest[] {
  if (node.kind !== "map") {
    issues.add("test_invalid", `a test is a map of table to rows, not ${describe(node)}`, node.offset);
    return [];
  }
  const name = node.entries.find((entry) => entry.key === "name")?.value;
  const shown =
    name?.kind === "scalar" && typeof name.value === "string" ? name.value.slice(0, ruleLimits.title) : title;
  const rows = node.entries.filter((entry) => entry.key !== "name").flatMap((entry) => readRows(entry, tables, issues));
  if (rows.length > ruleLimits.testRows) {
    issues.add("test_invalid", `a test has more than ${ruleLimits.testRows} rows`, node.offset);
  }
  return [{ name: shown, rows }];
}

function readRows(
  { key, offset, value }: LocatedEntry,
  tables: readonly RuleTable[],
  issues: IssueList,
): readonly TestRow[] {
  const table = tables.find((candidate) => candidate.name === key);
  if (table === undefined) {
    const hint = didYouMean(
      key,
      tables.map((candidate) => candidate.name),
    );
    issues.add("test_invalid", `there is no table ${shownKey(key)}`, offset, hint);
    return [];
  }
  const rows = value.kind === "list" ? value.items : [value];
  return rows.map((row) => ({ table: table.name, row: readRow(row, table, issues) }));
}

function readRow(node: Located, table: RuleTable, issues: IssueList): TestRow["row"] {
  const row: Record<string, string | number> = {};
  if (node.kind !== "map") {
    issues.add("test_invalid", `a row is a map of column to value, not ${describe(node)}`, node.offset);
    return row;
  }
  for (const { key, offset, value } of node.entries) {
    const column = table.columns.find((candidate) => candidate.name === key);
    if (column === undefined) {
      const hint = didYouMean(
        key,
        table.columns.map((candidate) => candidate.name),
      );
      issues.add("test_invalid", `the table ${table.name} has no column ${shownKey(key)}`, offset, hint);
      continue;
    }
    const cell = cellOf(value, column);
    if (cell === undefined) issues.add("test_invalid", `${column.name} is ${whatOf(column)}`, value.offset);
    else row[column.name] = cell;
  }
  return row;
}

function cellOf(node: Located, column: Column): string | number | undefined {
  if (node.kind !== "scalar") return undefined;
  if (column.type === "text") return typeof node.value === "string" ? node.value : textOfPlain(node.value, node.source);
  return Number.isSafeInteger(node.value) ? Number(node.value) : undefined;
}

/** `mode: 0644` and `name: true` are the texts that stand there. */
function textOfPlain(value: unknown, source: string): string {
  return value === null ? "" : source;
}

const whatOf = (column: Column): string => (column.type === "text" ? "a text" : "a whole number");
