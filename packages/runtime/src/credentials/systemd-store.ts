import { join } from "node:path";
import { type Availability, unavailable } from "./credential-store.ts";
import { readSecretFile } from "./read-secret-file.ts";

/**
 * Secrets that systemd hands to the service (LoadCredential=, LoadCredentialEncrypted=): decrypted into memory that is not
 * swapped, for this unit alone. Read only. Names carry the program: `holdfast-agent.root-key`.
 */
export function systemdStore(program: string, environment: Readonly<Record<string, string | undefined>>): Availability {
  const folder = environment["CREDENTIALS_DIRECTORY"];
  if (folder === undefined || folder === "") {
    return unavailable("the service manager hands over no credentials (CREDENTIALS_DIRECTORY is not set)");
  }
  if (!folder.startsWith("/")) return unavailable("CREDENTIALS_DIRECTORY is not an absolute path");
  const fileOf = (name: string): string => `${program}.${name}`;
  return {
    isAvailable: true,
    store: {
      kind: "systemd",
      description: `credentials that systemd hands to this unit in ${folder}`,
      howToProvide: (name) =>
        `systemd-creds encrypt --name=${fileOf(name)} - /etc/credstore.encrypted/${fileOf(name)}, give the secret on ` +
        `standard input, and set LoadCredentialEncrypted=${fileOf(name)} in the unit`,
      read: async (name) => readSecretFile(join(folder, fileOf(name)), "handed over"),
    },
  };
}
