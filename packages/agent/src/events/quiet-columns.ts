/** In every table: when a row was seen, and its number. */
const ALWAYS: readonly string[] = ["first_seen", "last_seen", "seq"];

/** Counters, sizes and times that change all the while: a rule that ran on the row need not run again for them. */
const QUIET: Readonly<Record<string, readonly string[]>> = {
  processes: [
    "state",
    "threads",
    "resident_size",
    "total_size",
    "user_time",
    "system_time",
    "disk_bytes_read",
    "disk_bytes_written",
  ],
  agent_sources: ["events", "lost"],
};

/** Columns whose change alone gives a row of this table no new number. */
export function quietColumns(table: string): ReadonlySet<string> {
  return new Set([...ALWAYS, ...(Object.hasOwn(QUIET, table) ? (QUIET[table] ?? []) : [])]);
}
