import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RuleTable, sqlFunctions } from "@holdfast/rules";
import { nativeFiles, type SandboxLevel, type SandboxReport, type User } from "../sandbox/index.ts";
import { childFlags } from "./child-flags.ts";
import { ENTRY, prepareProgram } from "./child-program.ts";
import type { ProcessOptions } from "./executor-process.ts";
import type { ChildOptions } from "./protocol.ts";

/** What the executor tells of itself, for the log, metrics and alarms. */
export interface ExecutorEvents {
  /** A process is ready for statements. */
  readonly started?: (report: SandboxReport) => void;
  /** A process ended for another reason than that nobody needs it. */
  readonly ended?: (message: string) => void;
  /** The sandbox is weaker than what was asked for. */
  readonly alarm?: (message: string, report: SandboxReport) => void;
}

export interface ExecutorOptions {
  /** The event store; its writer keeps it open. */
  readonly databasePath: string;
  readonly tables: readonly RuleTable[];
  /** Functions that statements may call; all that rules may have when left out. */
  readonly functions?: readonly string[];
  /** Memory that one query may take. */
  readonly memoryBytes?: number;
  readonly timeoutMs?: number;
  readonly maxRows?: number;
  readonly maxBytes?: number;
  readonly maxCellLength?: number;
  /** Who the process becomes where the agent is root. */
  readonly user?: User;
  readonly sandbox?: {
    /** Less than this is an alarm. */
    readonly minimum: SandboxLevel;
    /** Whether less than this is refused altogether. */
    readonly isRequired: boolean;
  };
  /** Programs that may put the process into namespaces of its own; none of them when it is empty. */
  readonly namespacePrograms?: readonly string[];
  /** The process ends when nothing was asked for so long; without it stays. */
  readonly idleMs?: number;
  readonly events?: ExecutorEvents;
  /** Lines of defence that this host cannot have, or that a test looks behind. */
  readonly without?: readonly string[];
  /** The module that runs in the process; anything but TypeScript runs as it stands. */
  readonly entry?: URL;
}

/** The document's numbers for one query (P8), and bounds for what comes back. */
export const executorDefaults = {
  memoryBytes: 64 * 1024 * 1024,
  timeoutMs: 30_000,
  maxRows: 1_000,
  maxBytes: 4 * 1024 * 1024,
  maxCellLength: 65_536,
} as const;

/** `nobody` and `nogroup` wherever there is such a thing: it owns nothing. */
const NOBODY: User = { uid: 65_534, gid: 65_534 };

/** How the next process is started, but for what wraps it. */
export function processOptions(options: ExecutorOptions): Omit<ProcessOptions, "wrapper"> {
  const program = programOf(options);
  const child: ChildOptions = {
    databasePath: options.databasePath,
    tables: options.tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })),
    functions: options.functions ?? sqlFunctions.map(({ name }) => name),
    user: options.user ?? NOBODY,
    memoryBytes: options.memoryBytes ?? executorDefaults.memoryBytes,
    nativeFiles: nativeFiles(),
    entry: program.entry,
    programFolder: program.folder,
    flags: childFlags,
    without: options.without ?? [],
    features: [],
  };
  return { child, launcher: process.platform === "linux" ? program.launcher : undefined };
}

function programOf({ databasePath, entry = ENTRY }: ExecutorOptions): {
  folder: string;
  entry: string;
  launcher: string | undefined;
} {
  if (entry.pathname.endsWith(".ts")) {
    return prepareProgram(join(dirname(databasePath), "executor"), entry);
  }
  const path = fileURLToPath(entry);
  return { folder: dirname(path), entry: path, launcher: fileURLToPath(new URL("executor-launch.mjs", entry)) };
}
