import type { SignedHead } from "@holdfast/kernel/head";
import type { Database } from "./database.ts";

/** The head of a database whose schema may not be there yet; it has not been verified. */
export async function headOf(database: Database): Promise<SignedHead | undefined> {
  if (!(await hasRelation(database, "head"))) return undefined;
  const { rows } = await database.query(
    "SELECT origin, size, chain, root, epoch, signature FROM holdfast.head WHERE id = 0",
  );
  return rows[0] as unknown as SignedHead | undefined;
}

export async function hasRelation(database: Database, name: string): Promise<boolean> {
  const { rows } = await database.query("SELECT to_regclass($1) IS NOT NULL AS found", [`holdfast.${name}`]);
  return (rows[0] as { readonly found?: unknown } | undefined)?.found === true;
}
