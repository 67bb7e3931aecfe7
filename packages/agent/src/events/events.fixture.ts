import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import type { RuleTable } from "@holdfast/rules";
import { EventStore, type EventStoreOptions } from "./event-store.ts";
import { LossTally } from "./loss-tally.ts";
import type { Row } from "./row.ts";

const integer = (name: string) => ({ name, type: "integer", description: "" }) as const;
const text = (name: string) => ({ name, type: "text", description: "" }) as const;

/** Small tables of both kinds, made like those that rules read. */
export const smallTables: readonly RuleTable[] = [
  {
    name: "process_events",
    kind: "events",
    description: "",
    identity: [],
    columns: [integer("time"), text("name"), integer("pid"), integer("seq")],
  },
  {
    name: "processes",
    kind: "state",
    description: "",
    identity: ["pid", "start_time"],
    columns: [
      integer("pid"),
      integer("start_time"),
      text("cmdline"),
      integer("resident_size"),
      integer("first_seen"),
      integer("last_seen"),
      integer("seq"),
    ],
  },
  {
    name: "agent_losses",
    kind: "events",
    description: "",
    identity: [],
    columns: [integer("time"), text("stage"), text("name"), text("reason"), integer("lost"), integer("seq")],
  },
];

/** A folder of this test's own. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-events-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store of this test's own, closed after it. */
export function openStore(
  path: string,
  options: Partial<EventStoreOptions> = {},
): { store: EventStore; losses: LossTally } {
  const losses = options.losses ?? new LossTally();
  const store = new EventStore({
    path,
    tables: smallTables,
    memoryBudgetBytes: 100_000_000,
    maxBytes: 50_000_000,
    losses,
    ...options,
  });
  onTestFinished(() => store.close());
  return { store, losses };
}

/** What another program finds in the file. */
export function queryFile(path: string, sql: string): Row[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

export const event = (pid: number, time = 1_700_000_000) => ({
  table: "process_events",
  row: { time, name: "sh", pid },
});

export const processRow = (pid: number, cmdline = "sh", resident_size = 1): Row => ({
  pid,
  start_time: 1,
  cmdline,
  resident_size,
});
