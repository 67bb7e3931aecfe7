import { resolve } from "node:path";
import type { Context, Given, Option } from "../../command.ts";
import { usage } from "../../failure.ts";
import { compact, textOption } from "../../given.ts";
import { printable } from "../../terminal/printable.ts";

export const storageUrlOption: Option = {
  name: "storage-url",
  value: "url",
  summary: "PostgreSQL, without its password (HOLDFAST_STORAGE_URL)",
};

/** The settings of a server, with what was given to this command. */
export function storageEnvironment({ env, workingFolder }: Context, given: Given): Readonly<NodeJS.ProcessEnv> {
  const url = textOption(given, "storage-url");
  const dataDir = textOption(given, "data-dir");
  if (url !== undefined && mayHoldPassword(url)) {
    throw usage(
      "a password in --storage-url shows in process lists and in the shell's history",
      "set HOLDFAST_STORAGE_URL or HOLDFAST_STORAGE_PASSWORD_FILE instead; where it can have been seen, change it",
    );
  }
  const folder = dataDir === undefined ? undefined : resolve(workingFolder, dataDir);
  return { ...env, ...compact({ HOLDFAST_STORAGE_URL: url, HOLDFAST_DATA_DIR: folder }) };
}

/** As a server warns of them: a setting that was meant and is not heard may be the one that keeps something safe. */
export function warnOfUnknown({ output }: Context, names: readonly string[]): void {
  for (const name of names) output.err(`holdfast: unknown setting ${printable(name)}; is it misspelt?\n`);
}

/** A colon before the last `@`, but for the scheme's, or a parameter: also where it stands out of its place. */
function mayHoldPassword(url: string): boolean {
  const user = url.slice(0, Math.max(0, url.lastIndexOf("@"))).replace(/^[a-z]+:\/\//i, "");
  return user.includes(":") || /password/i.test(url);
}
