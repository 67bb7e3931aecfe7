import type { EventStore, LossTally, RowChange } from "../events/index.ts";
import type { FileHashes } from "./file-hashes.ts";
import type { Accounts } from "./hosts/passwd.ts";
import { type Boot, bootText, readBoot } from "./proc/boot.ts";
import { openProcFiles } from "./proc/direct-proc-files.ts";
import type { ProcessSourceName } from "./process-event.ts";
import type { ProcessWatcher } from "./process-watcher.ts";
import { ProcessTracker } from "./processes/tracker.ts";
import { ruleTables } from "@holdfast/rules";

/** How processes are looked at: `native` reads /proc, `portable` asks the system's own tools. */
export type ProcessMethod = "native" | "portable";

export interface WatchOptions {
  readonly method: ProcessMethod;
  readonly proc: string;
  readonly store: Pick<EventStore, "recall" | "remember" | "read">;
  readonly hashes: FileHashes;
  readonly accounts: Accounts;
  readonly losses: LossTally;
  readonly put: (changes: readonly RowChange[]) => Promise<void>;
  readonly source: () => ProcessSourceName;
  readonly masks: boolean;
  readonly tellsForks: boolean;
  readonly rescanTicks: number;
  readonly now: () => number;
}

/** Name under which the store remembers the boot that rows of `processes` belong to. */
const BOOT = "boot";

/** What fits the system that this runs on. */
export function methodOf(platform: NodeJS.Platform): ProcessMethod {
  return platform === "linux" ? "native" : "portable";
}

/** Begins to follow processes, from what an earlier run knew of those of this boot. */
export async function watchProcesses(options: WatchOptions): Promise<ProcessWatcher> {
  if (options.method === "portable") {
    // Only where it is needed: it costs memory.
    const { PortableTracker } = await import("./portable/portable-tracker.ts");
    return new PortableTracker(options);
  }
  const { store, proc } = options;
  const recalled = store.recall(BOOT);
  const boot = readBoot(proc, options.now(), recalled);
  // Processes of a former boot are gone, whatever their rows say; after the clock was set, none is found by its start.
  const isSameBoot = recalled === bootText(boot);
  const known = isSameBoot ? store.read("processes", columnsOf("processes")) : [];
  if (!isSameBoot) await options.put([{ table: "processes", snapshot: [] }]);
  store.remember({ [BOOT]: bootText(boot) });
  const bootNow = (): Boot => {
    const now = readBoot(proc, options.now(), store.recall(BOOT));
    if (bootText(now) !== store.recall(BOOT)) store.remember({ [BOOT]: bootText(now) });
    return now;
  };
  return new ProcessTracker({ ...options, files: openProcFiles(proc), boot, bootNow, known });
}

function columnsOf(table: string): string[] {
  return ruleTables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [];
}
