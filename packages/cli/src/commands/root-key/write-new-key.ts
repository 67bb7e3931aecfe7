import { closeSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { exitCodes } from "../../exit-codes.ts";
import { errnoOf, Failure } from "../../failure.ts";

/** A key in a file of its own, for its owner alone: whole or not at all, and never in place of another. */
export function writeNewKey(file: string, hex: string): void {
  const partial = `${file}.${process.pid}.partial`;
  try {
    writeFileSync(partial, `${hex}\n`, { flag: "wx", mode: 0o600, flush: true });
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
