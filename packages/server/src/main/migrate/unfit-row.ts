import type { CopiedRow } from "./copy.ts";
import { StorageRefused } from "./storage-refused.ts";
import type { Relation } from "./relation.ts";

/** PostgreSQL stores every character but one; a row that has it could be copied only as another row. */
export function insistFit({ name, columns, key }: Relation, rows: readonly CopiedRow[]): void {
  const texts = columns.filter(({ type }) => type === "text");
  for (const row of rows) {
    const column = texts.find((text) => String(row[text.name] ?? "").includes("\0"));
    if (column === undefined) continue;
    throw new StorageRefused(
      "source_unfit",
      `Row ${shownKey(row, key)} of ${name} holds the character U+0000 in ${column.name}, which PostgreSQL cannot store.`,
      "Start the SQLite server again, write that text anew without it, and run this again.",
    );
  }
}

function shownKey(row: CopiedRow, key: readonly string[]): string {
  const cells = key.map((name) => row[name] ?? null);
  return JSON.stringify(cells.map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString("hex") : cell)));
}
