import { count } from "../../terminal/count.ts";
import { resolve } from "node:path";
import { openCheckpoint } from "@holdfast/kernel/checkpoint";
import { parseVerifierKey } from "@holdfast/kernel/note";
import type { Command, Context } from "../../command.ts";
import { usage } from "../../failure.ts";
import { textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { progress } from "../../terminal/progress.ts";
import { exportTiles } from "./export-tiles.ts";
import { fetchEntries } from "./fetch-entries.ts";
import { sha256, verifySignature } from "./primitives.ts";
import { tileFolder } from "./tile-folder.ts";
import { agentOption } from "../../settings.ts";

/** Exports the ledger for somebody who does not trust this server. */
export const auditExport: Command = {
  words: ["audit", "export"],
  summary: "Export the ledger: as static tiles, or a line per entry",
  details:
    "tiles: writes checkpoint, tile/… and tile/entries/… as C2SP tlog-tiles says, the checkpoint last, after it was found to " +
    "be what all entries come to. An earlier export in the same folder is continued. " +
    "jsonl: prints the exact bytes of each entry, one a line. Both are for global auditors.",
  arguments: [{ name: "folder", isOptional: true, summary: "where tiles are written" }],
  options: [agentOption, { name: "format", value: "format", summary: "tiles (default) or jsonl" }],
  examples: [
    { command: "holdfast audit export --format tiles ledger", says: "all of it, to be verified by anyone" },
    { command: "holdfast audit verify --export ledger", says: "verify it, without the server" },
    { command: "holdfast audit export --format jsonl | jq .action", says: "entries for another program" },
  ],
  async run(context, given) {
    const format = textOption(given, "format") ?? "tiles";
    const [folder] = given.arguments;
    if (format === "jsonl") return exportLines(context, folder);
    if (format !== "tiles") throw usage(`--format takes tiles or jsonl, not "${format}"`);
    if (folder === undefined) throw usage("tiles need a folder", "holdfast audit export --format tiles <folder>");
    const bar = progress(context.output, "entries");
    const exported = await exportTiles(context, tileFolder(resolve(context.workingFolder, folder)), bar.show).finally(
      bar.end,
    );
    print(context, { ...exported, folder }, ({ size }) => `${count(size, "entry", "entries")} exported to ${folder}\n`);
    return undefined;
  },
};

async function exportLines(context: Context, folder: string | undefined): Promise<undefined> {
  if (folder !== undefined) throw usage("jsonl is printed; redirect it into a file");
  const { verifierKey } = await context.confirm();
  const note = await context.call("audit.checkpoint", {});
  const { size } = openCheckpoint(note, parseVerifierKey(sha256, verifierKey), verifySignature);
  for await (const entries of fetchEntries(context, size)) {
    for (const entry of entries) context.output.out(Buffer.concat([entry, Buffer.from("\n")]));
  }
  return undefined;
}
