import { type Availability, type CredentialRead, type CredentialWrite, unavailable } from "./credential-store.ts";
import { findTool, runTool } from "./run-tool.ts";

export interface KeychainPlaces {
  /** Tells apart the secrets of several agents of one user: their data folder. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly toolFolders?: readonly string[];
}

/** What `security find-generic-password` exits with for errSecItemNotFound (-25300 in eight bits). */
const NOT_FOUND = 44;
/** What the tool's own reader of command lines leaves as it is. */
const plainSecret = /^[A-Za-z0-9+/=_.:~@-]{1,1024}$/;

/**
 * Secrets in the macOS Keychain, by the `security` tool. It takes a secret to be stored as an argument, which every user
 * could see in the process list (ATTACKS 47); its interactive mode takes the same command from standard input, and there it
 * is an argument of no process.
 */
export function keychainStore(program: string, places: KeychainPlaces): Availability {
  if (places.platform !== "darwin") return unavailable("only macOS has a Keychain");
  const tool = findTool("security", places.toolFolders);
  if (tool === undefined) return unavailable("the security tool is missing");
  if (/["\\\p{Cc}]/u.test(places.folder)) return unavailable("the data folder's name cannot stand in its command");
  const service = `${program} ${places.folder}`;
  const read = async (name: string): Promise<CredentialRead> => {
    const outcome = await runTool({ tool, args: ["find-generic-password", "-s", service, "-a", name, "-w"] });
    if (outcome.kind === "failed") return { kind: "failed", reason: `security: ${outcome.reason}` };
    if (outcome.code === NOT_FOUND) return { kind: "absent" };
    if (outcome.code !== 0) return { kind: "failed", reason: `security: ${outcome.complaint}` };
    return { kind: "found", secret: outcome.output.replace(/\n$/, "") };
  };
  const write = async (name: string, secret: string): Promise<CredentialWrite> => {
    if (!plainSecret.test(secret)) return { ok: false, reason: "the secret holds signs that the tool would change" };
    const input = `add-generic-password -s "${service}" -a "${name}" -w "${secret}"\n`;
    const outcome = await runTool({ tool, args: ["-i"], input });
    if (outcome.kind === "failed") return { ok: false, reason: `security: ${outcome.reason}` };
    // In this mode the tool's exit says nothing about the command: only looking does.
    const found = await read(name);
    if (found.kind === "found" && found.secret === secret) return { ok: true };
    return { ok: false, reason: outcome.complaint || "the Keychain does not give back what was stored" };
  };
  return {
    isAvailable: true,
    store: {
      kind: "keychain",
      description: "the Keychain of the user that runs the agent",
      howToProvide: (name) => `in Keychain Access, add a password with the name "${service}" and the account "${name}"`,
      read,
      write,
    },
  };
}
