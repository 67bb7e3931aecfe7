import { resolve } from "node:path";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure, usage } from "../../failure.ts";
import { compact, textOption } from "../../given.ts";
import { handOver } from "./hand-over.ts";

/** Takes an agent's root key out of the place where the agent keeps it, for a safe or for another host. */
export const rootKeyExport: Command = {
  words: ["root-key", "export"],
  summary: "Copy an agent's root key to a file, for a safe or another host",
  details:
    "An agent keeps its root key in the host's credential store, or in a file that only this host or a passphrase opens. This is " +
    "the key itself, 32 bytes in hexadecimal: whoever has it, and the agent's data, can read everything. Works as the agent's user, on " +
    "its host; the agent may run. On another host, put the file into the agent's data folder as root.key, with mode 600: the " +
    "agent seals it there when it starts. A file that is there is never written over.",
  options: [
    { name: "out", value: "file", summary: "where to write it; - is standard output" },
    { name: "data-dir", value: "dir", summary: "data folder of the agent (HOLDFAST_AGENT_DATA_DIR)" },
    { name: "config", value: "file", summary: "the agent's file of settings, where it has one" },
  ],
  examples: [
    { command: "holdfast root-key export --out /mnt/safe/agent.key", says: "the key of the agent of this folder" },
    {
      command: "holdfast root-key export --data-dir /var/lib/holdfast-agent --out - | systemd-creds encrypt …",
      says: "from the file of a service to another keeper of secrets",
    },
  ],
  async run(context, given) {
    const out = textOption(given, "out");
    if (out === undefined) throw usage("say where to: --out FILE, or --out - for standard output");
    const { exportRootKey } = await import("@holdfast/agent");
    const dataDir = textOption(given, "data-dir");
    const flags = compact({ dataDir: dataDir === undefined ? undefined : resolve(context.workingFolder, dataDir) });
    const told = { env: context.env, flags, ...compact({ namedFile: textOption(given, "config") }) };
    const hex = await exportRootKey(told).catch((error: unknown) => {
      throw failureOf(error);
    });
    handOver(context, hex, out);
    return undefined;
  },
};

/** The agent's own sentence for a key that it could not have either. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || !("hint" in error) || typeof error.hint !== "string") return error;
  return new Failure(exitCodes.failed, error.message, error.hint);
}
