import { closeSync, constants, openSync, readSync } from "node:fs";
import { utf8 } from "@holdfast/kernel/bytes";
import { findTool, runTool } from "./run-tool.ts";
import type { HostBinding } from "./sealed-file.ts";

/** What names a host, and outlasts its restarts. */
type HostId = "machine-id" | "product-uuid" | "platform-uuid" | "machine-guid";

type Found = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly why: string };

/** Where the ids of a host are looked for; the host's own places when left out. */
export interface HostIdPlaces {
  readonly platform?: NodeJS.Platform;
  /** In place of the system's own, and of the product's id with it. */
  readonly machineIdFile?: string | undefined;
  readonly productUuidFile?: string;
  readonly toolFolders?: readonly string[];
}

/** The ids of a host, as far as this process may read them. */
export interface HostIds {
  /** What new files are bound to; undefined where the host has no id. */
  readonly binding: HostBinding | undefined;
  /** Why a host has no id of the kind that its system has. */
  readonly why: string;
  /** What the key of a file with this binding is derived from, or which id is missing. */
  inputOf(binding: HostBinding): Uint8Array | { readonly missing: string };
}

const MACHINE_ID = "/etc/machine-id";
const PRODUCT_UUID = "/sys/class/dmi/id/product_uuid";
const MAX_ID_BYTES = 128;

/** Reads the ids of this host: files on Linux and where one is named, the system's own tools on macOS and Windows. */
export async function readHostIds(places: HostIdPlaces = {}): Promise<HostIds> {
  const { platform = process.platform, machineIdFile, productUuidFile = PRODUCT_UUID } = places;
  if (machineIdFile !== undefined) return hostIdsOf("machine-id", { "machine-id": idIn(machineIdFile) });
  if (platform === "darwin") return hostIdsOf("platform-uuid", { "platform-uuid": await ofMac(places) });
  if (platform === "win32") return hostIdsOf("machine-guid", { "machine-guid": await ofWindows(places) });
  const product = idIn(productUuidFile);
  const binding = product.ok ? "machine-id product-uuid" : "machine-id";
  return hostIdsOf(binding, { "machine-id": idIn(MACHINE_ID), "product-uuid": product });
}

function hostIdsOf(binding: HostBinding, ids: Readonly<Partial<Record<HostId, Found>>>): HostIds {
  const inputOf: HostIds["inputOf"] = (wanted) => {
    const lines = ["holdfast/host/1"];
    for (const name of wanted.split(" ") as HostId[]) {
      const found: Found = ids[name] ?? { ok: false, why: "it is not looked for here" };
      if (!found.ok) return { missing: `${name}: ${found.why}` };
      lines.push(`${name}=${found.id}`);
    }
    return utf8(`${lines.join("\n")}\n`);
  };
  const input = inputOf(binding);
  return "missing" in input ? { binding: undefined, why: input.missing, inputOf } : { binding, why: "", inputOf };
}

/** 32 hexadecimal digits, with or without dashes, as all of these ids are; in lower case and without them. */
function idOf(text: string, place: string): Found {
  const id = text.trim().replaceAll("-", "").toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(id)) return { ok: false, why: `${place} holds no id of 32 hexadecimal digits` };
  // Boards and images that were never given one say so by all zeros or all ones.
  if (new Set(id).size < 4) return { ok: false, why: `${place} holds an id that many hosts have` };
  return { ok: true, id };
}

function idIn(path: string): Found {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const buffer = Buffer.alloc(MAX_ID_BYTES);
    return idOf(buffer.toString("latin1", 0, readSync(descriptor, buffer)), path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    return { ok: false, why: code === "ENOENT" ? `there is no ${path}` : `${path} cannot be read (${code})` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const ofMac = ({ toolFolders = ["/usr/sbin"] }: HostIdPlaces): Promise<Found> =>
  told("ioreg", toolFolders, ["-rd1", "-c", "IOPlatformExpertDevice"], /"IOPlatformUUID" = "([0-9A-Fa-f-]{36})"/);

const ofWindows = ({ toolFolders = ["C:\\Windows\\System32"] }: HostIdPlaces): Promise<Found> =>
  told(
    "reg.exe",
    toolFolders,
    ["query", "HKLM\\SOFTWARE\\Microsoft\\Cryptography", "/v", "MachineGuid", "/reg:64"],
    /MachineGuid\s+REG_SZ\s+([0-9A-Fa-f-]{36})/,
  );

async function told(name: string, folders: readonly string[], args: readonly string[], form: RegExp): Promise<Found> {
  const tool = findTool(name, folders);
  if (tool === undefined) return { ok: false, why: `${name} is missing` };
  const outcome = await runTool({ tool, args });
  if (outcome.kind === "failed") return { ok: false, why: `${name}: ${outcome.reason}` };
  const [, id] = form.exec(outcome.output) ?? [];
  return id === undefined ? { ok: false, why: `${name} tells none` } : idOf(id, name);
}
