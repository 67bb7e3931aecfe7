import { mkdirSync } from "node:fs";
import * as runtime from "@holdfast/runtime";

const layout = {
  program: "agent",
  setting: "HOLDFAST_AGENT_DATA_DIR",
  files: {
    /** Ledger and alerts. */
    database: "holdfast.db",
    socket: "socket",
    rootKey: "root.key",
    checkpoint: "checkpoint",
    /** What was seen; may be pruned, and may be lost with a word about it. */
    events: "events.db",
    /** What has to be told. */
    outbox: "outbox.db",
    /** Changes that found no room in the queue before the event store. */
    spill: "events.spill",
    /** Rules of the operator's own. */
    rules: "rules",
  },
} as const;

/** Where things are in an agent's data folder. */
export type AgentFolder = runtime.DataFolder<keyof (typeof layout)["files"]>;

/** The places in an agent's data folder, whether it exists or not. */
export const agentFolderAt = (path: string): AgentFolder => runtime.dataFolderAt(path, layout);

/** Creates an agent's data folder when absent, and insists that only its owner can look into it. */
export function openAgentFolder(path: string): AgentFolder {
  const folder = runtime.openDataFolder(path, layout);
  // There from the start, so that a rule has only to be put into it.
  mkdirSync(folder.rules, { recursive: true, mode: 0o700 });
  return folder;
}
