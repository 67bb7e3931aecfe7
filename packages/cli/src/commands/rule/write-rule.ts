import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { errnoOf, usage } from "../../failure.ts";

/** `kept`: a file of this name says something else, and was left alone. */
export type Written = "written" | "unchanged" | "kept";

/** Makes the folder that rules are written to, for this user alone, unless it is there. */
export function makeRuleFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw usage(`the folder ${path} cannot be made (${errnoOf(error) ?? "unknown"})`);
  }
}

/** Writes a rule file as a whole or not at all; what somebody may have changed is replaced only when that is wanted. */
export function writeRule(path: string, text: string, isForced: boolean): Written {
  const standing = textAt(path);
  if (standing === text) return "unchanged";
  if (standing !== undefined && !isForced) return "kept";
  const fresh = `${path}.${process.pid}.unfinished`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: "wx" });
    renameSync(fresh, path);
    return "written";
  } catch (error) {
    rmSync(fresh, { force: true });
    throw usage(`${path} cannot be written (${errnoOf(error) ?? "unknown"})`);
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw usage(`${path} cannot be read (${errnoOf(error) ?? "unknown"})`);
  }
}
