import { expect, test } from "vitest";
import { ruleTables, type RuleTable } from "./tables.ts";

test("docs/tables.md shows every table and column that a rule can read", async () => {
  await expect(page()).toMatchFileSnapshot("../../../docs/tables.md");
});

function page(): string {
  return [
    "# Tables",
    "",
    "What rules and queries can read on a host. Tables and columns are named as osquery names them where they are the same",
    "thing. Tables of *events* grow; tables of *state* have one row for each thing that is there now.",
    "`holdfast query` with `.tables` and `.schema` shows the same.",
    "",
    ...ruleTables.flatMap(section),
  ].join("\n");
}

function section({ name, kind, description, columns }: RuleTable): string[] {
  return [
    `## ${name}`,
    "",
    `*${kind}*: ${description}`,
    "",
    "| column | type | |",
    "| --- | --- | --- |",
    ...columns.map((column) => `| ${column.name} | ${column.type} | ${column.description} |`),
    "",
  ];
}
