import type { DatabaseSync } from "node:sqlite";
import { NotifyError } from "../errors.ts";

/**
 * Forward only: a migration is never changed once it was released, a new one is added at the end. A delivery is one
 * notification for one sink; it is deleted when it was delivered. `seen` remembers what came, so that what is replayed
 * after a crash is not told again; `tallies` count what was given up, across restarts.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE ledger (id INTEGER PRIMARY KEY CHECK (id = 0), watermark INTEGER) STRICT;
   INSERT INTO ledger (id, watermark) VALUES (0, NULL);
   CREATE TABLE notifications (id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
   CREATE TABLE deliveries (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     notification TEXT NOT NULL REFERENCES notifications (id),
     sink TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'dead')),
     severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 4),
     dedup_key TEXT,
     is_notice INTEGER NOT NULL CHECK (is_notice IN (0, 1)),
     is_sealed INTEGER NOT NULL DEFAULT 0 CHECK (is_sealed IN (0, 1)),
     count INTEGER NOT NULL,
     first_seen_at INTEGER NOT NULL,
     last_seen_at INTEGER NOT NULL,
     attempts INTEGER NOT NULL DEFAULT 0,
     queued_at INTEGER NOT NULL,
     next_at INTEGER NOT NULL,
     last_error TEXT,
     reason TEXT,
     dead_at INTEGER,
     UNIQUE (notification, sink)
   ) STRICT;
   CREATE INDEX deliveries_by_turn ON deliveries (sink, state, severity DESC, id);
   CREATE INDEX deliveries_waiting ON deliveries (sink, dedup_key)
     WHERE state = 'queued' AND is_sealed = 0 AND dedup_key IS NOT NULL;
   CREATE TABLE seen (id INTEGER PRIMARY KEY, notification TEXT NOT NULL, sink TEXT NOT NULL,
     UNIQUE (notification, sink)) STRICT;
   CREATE TABLE groups (sink TEXT NOT NULL, dedup_key TEXT NOT NULL, severity INTEGER NOT NULL,
     window_ends_at INTEGER NOT NULL, PRIMARY KEY (sink, dedup_key)) STRICT, WITHOUT ROWID;
   CREATE INDEX groups_by_end ON groups (window_ends_at);
   CREATE TABLE tallies (sink TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL,
     PRIMARY KEY (sink, name)) STRICT, WITHOUT ROWID;`,
];

const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the tables to the newest version in one transaction; returns the version found, 0 for a new file. */
export function migrate(database: DatabaseSync): number {
  const found = database.prepare("PRAGMA user_version").get()?.["user_version"] as number;
  if (found > SCHEMA_VERSION) {
    throw new NotifyError(
      "outbox_newer",
      `the outbox has version ${found}; this program knows up to ${SCHEMA_VERSION}`,
    );
  }
  if (found === SCHEMA_VERSION) return found;
  database.exec("BEGIN IMMEDIATE");
  for (const sql of MIGRATIONS.slice(found)) database.exec(sql);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  return found;
}
