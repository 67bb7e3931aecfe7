import { type SqliteLedger, spineTables, storageFailures } from "@holdfast/spine";
import { alertTables } from "../alerts/index.ts";
import { ruleStateTables } from "../rules/index.ts";
import type { AgentFolder } from "./data-folder.ts";

/** The ledger in an agent's data folder, with every table that it can have. */
export const ledgerIn = (folder: AgentFolder): SqliteLedger => ({
  folder,
  tables: [...spineTables, ...alertTables, ...ruleStateTables],
  traces: [folder.checkpoint],
  failures: {
    ...storageFailures,
    database_in_use: ["already_running", "Stop the other agent, or name another folder with HOLDFAST_AGENT_DATA_DIR."],
  },
});
