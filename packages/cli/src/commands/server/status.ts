import { count } from "../../terminal/count.ts";
import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { printable } from "../../terminal/printable.ts";
import { print } from "../../terminal/print.ts";
import { sizeOf } from "../../terminal/size.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";

type Status = Operations["status"]["output"];

/** Shows what the server is and who one is to it. */
export const status: Command = {
  words: ["status"],
  summary: "Show the server, who you are to it, and what it can do",
  examples: [
    { command: "holdfast status", says: "the local server" },
    { command: "holdfast status --json", says: "the same for a program" },
  ],
  async run(context) {
    const answer = await context.call("status", {});
    print(context, answer, (shown) => table(rowsOf(shown)) + featuresOf(shown, context.output.style));
    return undefined;
  },
};

function rowsOf({ version, uptimeSeconds, tenant, actor, node, ledger, storage, seal }: Status) {
  return [
    ["server", `holdfast ${version}, up ${durationOf(uptimeSeconds)}`],
    ["you", `${actor} in tenant ${tenant}`],
    ["ledger", `${count(ledger.size, "entry", "entries")}, checkpoint at ${ledger.checkpointSize}, ${ledger.origin}`],
    ["storage", storage.kind + (storage.sizeBytes === undefined ? "" : `, ${sizeOf(storage.sizeBytes)}`)],
    ...(storage.kind === "postgres" ? nodeRows(node, storage.dutyHolder) : []),
    ["seal", [seal.kind, seal.sealed ? "sealed" : "open", seal.detail].filter(Boolean).join(", ")],
  ];
}

/** Where there may be several: which of them answers, and which does what one of all has to do. */
function nodeRows(node = "unknown", dutyHolder = "no node at the moment"): string[][] {
  return [
    ["node", node],
    ["duties", dutyHolder],
  ];
}

/** Only what is missing or impaired is worth a line. */
function featuresOf({ features }: Status, style: Style): string {
  return features
    .filter(({ state }) => state !== "available")
    .map(({ name, state, detail }) => `${style.warn(state)}  ${printable(`${name}: ${detail}`)}\n`)
    .join("");
}

function durationOf(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
}
