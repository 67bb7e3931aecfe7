import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";

const candidates = [env["HOLDFAST_VECTORS"], join(import.meta.dirname, "../../../../../shared/vectors")];

/** Folder of the public Sigma rules (Detection Rule License 1.1); without it the tests that need them are skipped, and say so. */
export const sigmaFolder = candidates
  .flatMap((folder) => (folder === undefined ? [] : [join(folder, "sigma/process_creation")]))
  .find((folder) => existsSync(folder));

/** The rules by the names of their files. */
export function sigmaRules(): readonly { readonly name: string; readonly text: string }[] {
  const folder = String(sigmaFolder);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yml"))
    .toSorted()
    .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}
