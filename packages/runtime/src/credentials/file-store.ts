import { join } from "node:path";
import type { CredentialStore } from "./credential-store.ts";
import { readSecretFile } from "./read-secret-file.ts";
import { writeSecretFile } from "./write-secret-file.ts";

/** Secrets in files of their own. `places` names files that do not lie in the folder under their own name. */
export function fileStore(folder: string, places: Readonly<Record<string, string>> = {}): CredentialStore {
  const placeOf = (name: string): string => (Object.hasOwn(places, name) ? places[name]! : join(folder, name));
  return {
    kind: "file",
    description: describe(folder),
    howToProvide: (name) => `write it to ${placeOf(name)}, and chmod 600 that file`,
    read: async (name) => readSecretFile(placeOf(name)),
    write: async (name, secret) => writeSecretFile(placeOf(name), `${secret}\n`),
  };
}

/** A key beside what it encrypts would protect nobody, so that nothing is encrypted here and that is said. */
function describe(folder: string): string {
  if (process.platform === "win32") {
    return `files below ${folder}, not encrypted: whoever the folder's access list admits can read them`;
  }
  return `files below ${folder}, not encrypted: root and their owner can read them, and so can whoever has the disk or a backup`;
}
