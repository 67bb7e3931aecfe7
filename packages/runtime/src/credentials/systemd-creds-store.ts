import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Availability, type CredentialRead, type CredentialWrite, unavailable } from "./credential-store.ts";
import { findTool, runTool } from "./run-tool.ts";
import { writeSecretFile } from "./write-secret-file.ts";

export interface SystemdCredsPlaces {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
  readonly toolFolders?: readonly string[];
}

/**
 * Secrets in files that systemd-creds encrypts with the host's key, and with its TPM where it has one: a copy of the data
 * folder opens nowhere else. For an agent that root starts without a unit; the host's key is root's alone.
 */
export function systemdCredsStore(program: string, places: SystemdCredsPlaces): Availability {
  const tool = findTool("systemd-creds", places.toolFolders);
  if (tool === undefined) return unavailable("systemd-creds is not installed (250 or newer)");
  if (places.uid !== 0) return unavailable("only root can use the host's key of systemd-creds");
  // Where the host's key lies can be told by this variable, as systemd itself has it.
  const environment = { SYSTEMD_CREDENTIAL_SECRET: places.environment["SYSTEMD_CREDENTIAL_SECRET"] };
  const nameOf = (name: string): string => `--name=${program}.${name}`;
  const fileOf = (name: string): string => join(places.folder, `${name}.cred`);
  return {
    isAvailable: true,
    store: {
      kind: "systemd-creds",
      description: `files below ${places.folder}, encrypted by systemd-creds with the host's key, and its TPM where there is one`,
      howToProvide: (name) =>
        `systemd-creds encrypt ${nameOf(name)} - ${fileOf(name)}, with the secret on standard input`,
      read: (name) => decrypt(tool, nameOf(name), fileOf(name), environment),
      write: (name, secret) => encrypt(tool, nameOf(name), fileOf(name), secret, environment),
    },
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

async function decrypt(tool: string, name: string, file: string, environment: Environment): Promise<CredentialRead> {
  if (!existsSync(file)) return { kind: "absent" };
  const outcome = await runTool({ tool, args: ["decrypt", name, file, "-"], environment });
  if (outcome.kind === "failed") return { kind: "failed", reason: `systemd-creds: ${outcome.reason}` };
  if (outcome.code !== 0) return { kind: "failed", reason: `systemd-creds cannot open ${file}: ${outcome.complaint}` };
  return { kind: "found", secret: outcome.output.replace(/\r?\n$/, "") };
}

async function encrypt(
  tool: string,
  name: string,
  file: string,
  secret: string,
  environment: Environment,
): Promise<CredentialWrite> {
  const outcome = await runTool({ tool, args: ["encrypt", name, "-", "-"], input: secret, environment });
  if (outcome.kind === "failed") return { ok: false, reason: `systemd-creds: ${outcome.reason}` };
  if (outcome.code !== 0) return { ok: false, reason: `systemd-creds cannot encrypt: ${outcome.complaint}` };
  return writeSecretFile(file, outcome.output);
}
