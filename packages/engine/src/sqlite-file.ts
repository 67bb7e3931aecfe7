/** What a database file is made of, for whoever makes or reads one without a committer: a copy of an installation. */
export { openReadConnection } from "./sqlite/connection.ts";
export { addTerms, BLOCK_ENTRIES, filterOf } from "./sqlite/entry-filter.ts";
export { lockInstance } from "./sqlite/instance-lock.ts";
export { createTables, migrate } from "./sqlite/schema.ts";
