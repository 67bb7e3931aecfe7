import type { DatabaseStatus } from "@holdfast/server";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { sizeOf } from "../../terminal/size.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";
import { orFailure } from "./failure-of-storage.ts";
import { storageEnvironment, storageUrlOption, warnOfUnknown } from "./storage-environment.ts";

/** Looks at a shared database without a server. */
export const storageStatus: Command = {
  words: ["storage", "status"],
  summary: "Show the database that nodes share: version, role, tables, and who wrote lately",
  details: "Needs no server and changes nothing. Exits with 1 when no server would start on it.",
  options: [storageUrlOption],
  examples: [{ command: "holdfast storage status", says: "the database that HOLDFAST_STORAGE_URL names" }],
  async run(context, given) {
    const server = await import("@holdfast/server");
    warnOfUnknown(context, server.unknownSettings(context.env));
    const status = await orFailure(server.storageStatus(storageEnvironment(context, given)));
    print(context, status, (shown) => table(rowsOf(shown)) + problemsOf(shown, context.output.style));
    return status.problems.length === 0 ? undefined : exitCodes.failed;
  },
};

function rowsOf(status: DatabaseStatus) {
  const { ledger, sizeBytes, synchronousCommit, nodes, leases, notChecked } = status;
  return [
    ["database", `${status.place}, PostgreSQL ${status.server}`],
    ["role", roleOf(status)],
    ["TLS", status.tls],
    ["commit", `synchronous_commit ${synchronousCommit ?? "unknown"}`],
    ["tables", versionOf(status)],
    ["size", sizeBytes === undefined ? "unknown" : sizeOf(sizeBytes)],
    ["ledger", ledger === undefined ? "none yet" : `${count(ledger.size, "entry", "entries")}, ${ledger.origin}`],
    ...nodes.map(({ node, wroteAt }) => ["node", `${node}, wrote last at ${wroteAt}`]),
    ...leases.map(({ name, node, isHeld }) => ["lease", `${name}, ${isHeld ? "held" : "last held"} by ${node}`]),
    ...(notChecked.length === 0 ? [] : [["unknown", notChecked.join(", ")]]),
  ];
}

/** Tables that are not made yet have no owner. */
function roleOf({ role, isOwner }: DatabaseStatus): string {
  if (isOwner === undefined) return role;
  return `${role}, ${isOwner ? "owner of the tables" : "not their owner"}`;
}

function versionOf({ schemaVersion, knownVersion }: DatabaseStatus): string {
  if (schemaVersion === 0) return "none yet; holdfast storage migrate makes them";
  if (schemaVersion === knownVersion) return `version ${schemaVersion}`;
  return `version ${schemaVersion}, this program knows ${knownVersion}`;
}

function problemsOf({ problems }: DatabaseStatus, style: Style): string {
  return problems.map((problem) => `${style.bad("wrong")}  ${printable(problem)}\n`).join("");
}
