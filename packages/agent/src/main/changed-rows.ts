import type { Cell, Changed } from "../detect/index.ts";

/** A row that came or went, as a finding shows it; `epoch` and `counter` say in which series of results, and when in it. */
export type ChangedRow = Readonly<Record<string, Cell>>;

/** What came and what went, one row each, with the columns that the rule names. */
export function changedRows({ columns, added, removed, epoch, counter }: Changed): readonly ChangedRow[] {
  const rowOf = (change: string) => (cells: readonly Cell[]) => ({
    change,
    ...Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null])),
    epoch,
    counter,
  });
  return [...added.map(rowOf("added")), ...removed.map(rowOf("removed"))];
}
