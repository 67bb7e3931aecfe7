/** A ledger and its state in PostgreSQL, for any number of nodes. */
export { checkServer, type ServerFacts } from "./check-server.ts";
export { createPostgresCommitter, type PostgresCommitterOptions } from "./committer.ts";
export { answers, connect, createPool, placeOf, type ReadPool } from "./connect.ts";
export { isRetryable } from "./database-error.ts";
export { type LeaseOptions, PostgresLease } from "./lease.ts";
export { PostgresLedgerReader } from "./ledger-reader.ts";
export { SCHEMA_VERSION, schemaVersion } from "./migrate-schema.ts";
export { ensurePartitions, type Partition } from "./partitions.ts";
export { PoolReads } from "./pool-reads.ts";
export { pruneBatches } from "./prune-batches.ts";
export { inTransaction } from "./query.ts";
export { grantRuntime, SYSTEM_TABLES } from "./roles.ts";
export { prepareSchema } from "./schema.ts";
export { type PostgresSettings, SettingsFault, settingsFrom } from "./settings.ts";
export { postgresSource } from "./snapshot.ts";
export { SELECT_HEAD, SQL_TYPES } from "./sql.ts";
export { PostgresStorage } from "./storage.ts";
