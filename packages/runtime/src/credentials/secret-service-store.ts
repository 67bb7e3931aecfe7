import { statSync } from "node:fs";
import { join } from "node:path";
import { type Availability, type CredentialRead, type CredentialWrite, unavailable } from "./credential-store.ts";
import { findTool, runTool } from "./run-tool.ts";

export interface SecretServicePlaces {
  /** Tells apart the secrets of several agents of one user: their data folder. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly toolFolders?: readonly string[];
}

/** Secrets in the keyring of a desktop session (GNOME Keyring, KWallet, KeePassXC), reached by libsecret's secret-tool. */
export function secretServiceStore(program: string, places: SecretServicePlaces): Availability {
  const tool = findTool("secret-tool", places.toolFolders);
  if (tool === undefined) return unavailable("secret-tool is not installed (libsecret-tools)");
  if (!hasSession(places.environment)) return unavailable("there is no D-Bus session");
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = places.environment;
  const environment = { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR };
  const attributesOf = (name: string): readonly string[] => ["program", program, "folder", places.folder, "name", name];
  const read = async (name: string): Promise<CredentialRead> => {
    const outcome = await runTool({ tool, args: ["lookup", ...attributesOf(name)], environment });
    if (outcome.kind === "failed") return { kind: "failed", reason: `secret-tool: ${outcome.reason}` };
    if (outcome.code === 0 && outcome.output !== "") {
      return { kind: "found", secret: outcome.output.replace(/\r?\n$/, "") };
    }
    // The tool says "not found" by its exit alone; whatever else goes wrong it puts into words.
    if (outcome.complaint === "") return { kind: "absent" };
    return { kind: "failed", reason: outcome.complaint };
  };
  const write = async (name: string, secret: string): Promise<CredentialWrite> => {
    const args = ["store", `--label=Holdfast: ${program} ${name}`, ...attributesOf(name)];
    const outcome = await runTool({ tool, args, input: secret, environment });
    if (outcome.kind === "failed") return { ok: false, reason: `secret-tool: ${outcome.reason}` };
    return outcome.code === 0 ? { ok: true } : { ok: false, reason: outcome.complaint || "secret-tool refused" };
  };
  return {
    isAvailable: true,
    store: {
      kind: "secret-service",
      description: "the Secret Service of this user's session, encrypted with the keyring's password",
      howToProvide: (name) =>
        `secret-tool store --label='Holdfast: ${program} ${name}' ${attributesOf(name).map(quoted).join(" ")}, with the ` +
        "secret on standard input",
      read,
      write,
    },
  };
}

function hasSession({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR }: SecretServicePlaces["environment"]): boolean {
  if (DBUS_SESSION_BUS_ADDRESS !== undefined && DBUS_SESSION_BUS_ADDRESS !== "") return true;
  if (XDG_RUNTIME_DIR === undefined || XDG_RUNTIME_DIR === "") return false;
  return statSync(join(XDG_RUNTIME_DIR, "bus"), { throwIfNoEntry: false })?.isSocket() === true;
}

function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
