import type { Row } from "./row.ts";

/** One string for the columns that tell a row of a table from the others. */
export function identityOf(row: Row, names: readonly string[]): string {
  let key = "";
  // A length before each part: no two identities read alike, whatever stands in them.
  for (const name of names) {
    const part = String(row[name] ?? "");
    key += `${part.length}:${part}`;
  }
  return key;
}
