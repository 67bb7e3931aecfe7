/** A ledger and its state in PostgreSQL, for any number of nodes. */
export { createPostgresCommitter, type PostgresCommitterOptions } from "./committer.ts";
