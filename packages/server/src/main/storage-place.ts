import { type PostgresSettings, postgresSource } from "@holdfast/postgres";
import { sqliteVerified, type VerifiedPlace } from "@holdfast/spine";
import { tables } from "./tables.ts";

/** Which database holds the ledger and the rows. */
export type StoragePlace =
  | { readonly kind: "sqlite"; readonly database: string }
  | { readonly kind: "postgres"; readonly settings: PostgresSettings };

/** What a verification reads there; payloads are opened over a connection of their own. */
export function verifiedAt(place: StoragePlace): VerifiedPlace {
  if (place.kind === "sqlite") return sqliteVerified(place.database, tables);
  const { settings } = place;
  return { source: postgresSource(settings), opener: { module: OPENER, data: { settings } }, tables };
}

const OPENER = new URL("payload-opener.ts", import.meta.url).href;
