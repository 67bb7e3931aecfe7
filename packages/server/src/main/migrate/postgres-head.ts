import type { SignedHead } from "@holdfast/kernel/head";
import { SELECT_HEAD } from "@holdfast/postgres";
import type { Database } from "./database.ts";

/** The head of a database whose schema may not be there yet; it has not been verified. */
export async function headOf(database: Database): Promise<SignedHead | undefined> {
  if (!(await hasRelation(database, "head"))) return undefined;
  const { rows } = await database.query(SELECT_HEAD);
  return rows[0] as unknown as SignedHead | undefined;
}

export async function hasRelation(database: Database, name: string): Promise<boolean> {
  const { rows } = await database.query("SELECT to_regclass($1) IS NOT NULL AS found", [`holdfast.${name}`]);
  return (rows[0] as { readonly found?: unknown } | undefined)?.found === true;
}
