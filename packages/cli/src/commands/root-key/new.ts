import { randomBytes } from "node:crypto";
import type { Command } from "../../command.ts";
import { textOption } from "../../given.ts";
import { handOver } from "./hand-over.ts";

const keyBytes = 32;
const defaultFile = "root.key";

/** Makes a root key for nodes that share a database. */
export const rootKeyNew: Command = {
  words: ["root-key", "new"],
  summary: "Make a new root key, in a file for you alone",
  details:
    "32 random bytes in hexadecimal. Whoever has it, and the database, can read everything; without it nobody can. Every " +
    "node of an installation gets the same one, by HOLDFAST_ROOT_KEY_FILE or HOLDFAST_ROOT_KEY. A file that is there is " +
    "never written over.",
  options: [{ name: "out", value: "file", summary: `where to write it (./${defaultFile}); - is standard output` }],
  examples: [
    { command: "holdfast root-key new --out /etc/holdfast/root.key", says: "a file with mode 600" },
    { command: "holdfast root-key new --out - | vault-of-yours store holdfast", says: "to another keeper of secrets" },
  ],
  async run(context, given) {
    const hex = randomBytes(keyBytes).toString("hex");
    const out = textOption(given, "out") ?? defaultFile;
    handOver(context, hex, out);
    return undefined;
  },
};
