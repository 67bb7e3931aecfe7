import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command, Context, Given } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure, usage } from "../../failure.ts";
import { isSet, textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { showVerification, type Verification } from "./show-verification.ts";
import { verifyDatabase } from "./verify-database.ts";
import { verifyByServer } from "./verify-by-server.ts";
import { verifyExport } from "./verify-export.ts";
import { verifyAgentOffline, verifyOffline } from "./verify-offline.ts";
import { agentOption } from "../../settings.ts";

/** Verifies the ledger; names the first bad entry. */
export const auditVerify: Command = {
  words: ["audit", "verify"],
  summary: "Verify the ledger, and name the first bad entry",
  details:
    "Asks the running server, and insists that its signed head continues the last one seen from here. When none runs, or " +
    "with --data-dir, the data folder itself is verified; with --storage, or when none runs and HOLDFAST_STORAGE_URL is " +
    "set, the database that it names; with --export, an exported folder, without server and data. " +
    "Exits with 0 when all is well, with 1 when something is not.",
  options: [
    agentOption,
    { name: "state", summary: "check stored rows against the ledger as well, and name unexplained ones" },
    { name: "data-dir", value: "dir", summary: "verify this data folder offline" },
    { name: "storage", summary: "verify the database that HOLDFAST_STORAGE_URL names, without a server" },
    { name: "export", value: "dir", summary: "verify this export (audit export --format tiles)" },
    { name: "key", value: "vkey", summary: "the log's verifier key for --export; else the one remembered here" },
  ],
  examples: [
    { command: "holdfast audit verify", says: "the running server" },
    { command: "holdfast audit verify --state --data-dir .holdfast", says: "a data folder whose server is stopped" },
    {
      command: "holdfast audit verify --agent --state --data-dir .holdfast/agent",
      says: "a data folder whose agent is stopped",
    },
    { command: "holdfast audit verify --state --storage", says: "a database that nodes share" },
    {
      command: `holdfast audit verify --export ledger --key "$(cat holdfast.vkey)"`,
      says: "an export, as an outsider",
    },
  ],
  async run(context, given) {
    const answer = await verify(context, given);
    print(context, answer, (shown) => showVerification(shown, context.output.style));
    return answer.ok && (answer.state?.ok ?? true) ? undefined : exitCodes.failed;
  },
};

async function verify(context: Context, given: Given): Promise<Verification> {
  const exported = textOption(given, "export");
  const dataDir = textOption(given, "data-dir");
  const withState = isSet(given, "state");
  const isStorage = isSet(given, "storage");
  if (exported !== undefined) {
    if (dataDir !== undefined || withState || isStorage) throw usage("an export holds no state and no data folder");
    return verifyExport(context, resolve(context.workingFolder, exported), textOption(given, "key"));
  }
  if (context.settings.program === "agent") {
    if (isStorage) throw usage("an agent keeps its ledger in its data folder", "leave out --storage");
    if (dataDir === undefined) return verifyByServer(context, withState);
    return verifyAgentOffline(context, resolve(context.workingFolder, dataDir), withState);
  }
  if (isStorage) {
    if (dataDir !== undefined) throw usage("--storage and --data-dir name two places");
    return verifyDatabase(context, withState);
  }
  if (dataDir !== undefined) return verifyOffline(context, resolve(context.workingFolder, dataDir), withState);
  return serverOrFolder(context, withState);
}

/** A server that was named must answer; only one that would have been found here may be stopped. */
async function serverOrFolder(context: Context, withState: boolean): Promise<Verification> {
  try {
    return await verifyByServer(context, withState);
  } catch (error) {
    const { settings, workingFolder } = context;
    const isNamed = settings.address !== undefined || settings.socket !== undefined;
    const folder = join(workingFolder, ".holdfast");
    const isStopped = error instanceof Failure && error.exitCode === exitCodes.unreachable;
    if (!isNamed && isStopped && context.env["HOLDFAST_STORAGE_URL"]) return verifyDatabase(context, withState);
    if (isNamed || !isStopped || !existsSync(join(folder, "holdfast.db"))) throw error;
    return verifyOffline(context, folder, withState);
  }
}
