import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { errnoOf, Failure } from "../../failure.ts";
import { textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";

const keyBytes = 32;
const defaultFile = "root.key";
const standardOutput = "-";

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
    if (out === standardOutput) {
      print(context, { rootKey: hex }, ({ rootKey }) => `${rootKey}\n`);
      return undefined;
    }
    const file = resolve(context.workingFolder, out);
    writeNewFile(file, `${hex}\n`);
    print(context, { file }, (written) => `${written.file}\n`);
    return undefined;
  },
};

/** Whole or not at all: what a killed process leaves must not be taken for a key. */
function writeNewFile(file: string, text: string): void {
  const partial = `${file}.${process.pid}.partial`;
  try {
    writeFileSync(partial, text, { flag: "wx", mode: 0o600, flush: true });
    linkSync(partial, file);
    syncFolder(dirname(file));
  } catch (error) {
    throw refusal(file, error);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** The name has to outlast a power cut too. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  fsyncSync(folder);
  closeSync(folder);
}

function refusal(file: string, error: unknown): Failure {
  const code = errnoOf(error);
  return code === "EEXIST"
    ? new Failure(exitCodes.conflict, `${file} exists`, "a root key is never written over; name another file")
    : new Failure(exitCodes.failed, `${file} cannot be written (${code ?? "unknown"})`, "look at the folder");
}
