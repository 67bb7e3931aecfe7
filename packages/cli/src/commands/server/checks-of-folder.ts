import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join, resolve } from "node:path";
import type { Context } from "../../command.ts";
import { errnoOf } from "../../failure.ts";
import { type Finding, ok, unavailable, wrong } from "./finding.ts";

const forOthers = 0o077;
const writableByOthers = 0o022;
/** Written to be read by all. */
const publicNames = new Set(["ca.pem", "checkpoint", "socket", ".gitignore"]);

/** Whether the data folder and what lies in it keep others out. */
export function folderCheck({ workingFolder, env }: Context, dataDir: string | undefined): Finding {
  const folder = resolve(workingFolder, dataDir ?? env["HOLDFAST_DATA_DIR"] ?? ".holdfast");
  try {
    const bad = [badOf(folder, lstatSync(folder)), ...readdirSync(folder).map((name) => badFile(folder, name))];
    const first = bad.find((sentence) => sentence !== undefined);
    return first === undefined ? ok("data folder", folder) : wrong("data folder", first);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT") return unavailable("data folder", `there is none at ${folder}`);
    return unavailable("data folder", `${folder} cannot be read (${code ?? "unknown"})`);
  }
}

function badFile(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (publicNames.has(name))
    return (stat.mode & writableByOthers) !== 0 && !stat.isSocket() ? `others may write ${path}` : undefined;
  return badOf(path, stat);
}

function badOf(path: string, stat: Stats): string | undefined {
  if (stat.uid !== process.geteuid?.()) return `${path} belongs to uid ${stat.uid}`;
  if (stat.isSymbolicLink()) return `${path} is a link`;
  return (stat.mode & forOthers) === 0
    ? undefined
    : `${path} is open to others (mode ${(stat.mode & 0o777).toString(8)})`;
}
