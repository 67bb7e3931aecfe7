/** A ledger and its state in PostgreSQL, for any number of nodes. */
export { createPostgresCommitter, type PostgresCommitterOptions } from "./committer.ts";
export { connect, createPool, placeOf } from "./connect.ts";
export { type PostgresSettings, SettingsFault, settingsFrom } from "./settings.ts";
