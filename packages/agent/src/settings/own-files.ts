import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { AgentSettings } from "./schema.ts";

/** Files whose change means that somebody touches the agent itself. */
export interface OwnFiles {
  /** Programs and sources that run. */
  readonly programs: readonly string[];
  /** Files of the configuration that were read, and the folders in which further ones would be. */
  readonly configuration: readonly string[];
  readonly rules: readonly string[];
  /** Ledger, outbox and event store change by themselves: watched for being replaced, not for being written. */
  readonly stores: readonly string[];
}

/** What the agent watches of itself, in the category `agent`. */
export function ownFiles(
  settings: Pick<AgentSettings, "dataDir" | "detection">,
  {
    files,
    folders = [],
    program = [process.execPath, process.argv[1] ?? ""],
  }: {
    readonly files: readonly string[];
    readonly folders?: readonly (string | undefined)[];
    readonly program?: readonly string[];
  },
): OwnFiles {
  const { dataDir, detection } = settings;
  return {
    programs: program.filter((path) => path !== "").map(realPath),
    configuration: unique([...files, ...files.map(realPath), ...folders.filter((folder) => folder !== undefined)]),
    rules: [detection.rulesFolder ?? join(dataDir, "rules")],
    stores: ["holdfast.db", "events.db", "outbox.db", "root.key"].map((name) => join(dataDir, name)),
  };
}

function unique(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)];
}

/** A link and what it leads to can both be exchanged. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
