/** A process as systeminformation tells of it, which asks `ps` on macOS and CIM on Windows. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Empty when it is not known. */
  readonly path: string;
  readonly cmdline: string;
  readonly username: string;
  /** Good to some seconds: it is computed from the age that `ps` shows. */
  readonly startMs: number;
  readonly state: string;
  readonly nice: number;
  readonly residentBytes: number;
  readonly totalBytes: number;
}

/** What is used of an entry of `processes()`; fields that a system does not tell are missing or empty there. */
export interface Entry {
  readonly pid: number;
  readonly parentPid: number;
  readonly name: string;
  readonly path?: string | null;
  readonly command?: string | null;
  readonly params?: string | null;
  readonly user?: string | null;
  readonly started?: string | null;
  readonly state?: string | null;
  readonly nice?: number | null;
  readonly memRss?: number | null;
  readonly memVsz?: number | null;
}

const MAX_TEXT = 4_096;
const STATES: Readonly<Record<string, string>> = {
  running: "R",
  sleeping: "S",
  blocked: "D",
  stopped: "T",
  zombie: "Z",
};

/** Every process of this host. Loaded only when it is asked for: the library costs memory that Linux does not need. */
export async function listProcesses(): Promise<ListedProcess[]> {
  const { processes } = await import("systeminformation");
  const { list } = await processes();
  return list.map((entry) => listedOf(entry, process.platform));
}

/** On Windows the path is the file and the command is the whole line; elsewhere the path is the file's folder. */
export function listedOf(entry: Entry, platform: NodeJS.Platform): ListedProcess {
  const folder = entry.path ?? "";
  const command = entry.command ?? "";
  const isWindows = platform === "win32";
  const file = folder === "" ? command : `${folder}/${command}`;
  const path = isWindows ? folder : file;
  const cmdline = isWindows ? command : [file, entry.params ?? ""].filter(Boolean).join(" ");
  return {
    pid: entry.pid,
    parent: entry.parentPid,
    name: entry.name,
    path: isWindows || path.startsWith("/") ? path.slice(0, MAX_TEXT) : "",
    cmdline: cmdline.slice(0, MAX_TEXT),
    username: entry.user ?? "",
    startMs: startOf(entry.started ?? ""),
    state: STATES[entry.state ?? ""] ?? "?",
    nice: entry.nice ?? 0,
    residentBytes: (entry.memRss ?? 0) * 1_024,
    totalBytes: (entry.memVsz ?? 0) * 1_024,
  };
}

/** `2026-01-31 12:00:00` in local time; 0 when it is none. */
function startOf(text: string): number {
  const ms = Date.parse(text.replace(" ", "T"));
  return Number.isNaN(ms) ? 0 : ms;
}
