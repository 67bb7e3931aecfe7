import { ruleTables } from "@holdfast/rules";
import { LossTally, type Row, type RowChange } from "../../events/index.ts";
import { FileHashes } from "../file-hashes.ts";
import { Accounts } from "../hosts/passwd.ts";
import { readBoot } from "../proc/boot.ts";
import { openProcFiles } from "../proc/direct-proc-files.ts";
import { FakeProc } from "../proc/proc.fixture.ts";
import type { ProcessEvent, ProcessSourceName } from "../process-event.ts";
import { ProcessTracker, type TrackerOptions } from "./tracker.ts";

export const NOW_MS = 1_700_000_000_000;
/** The fixture's host runs since 1000 seconds. */
export const BOOT_MS: number = NOW_MS - 1_000_000;

/** A tracker on a fixture, and everything that it told. */
export class TestTracker {
  readonly proc = new FakeProc();
  readonly losses = new LossTally();
  readonly changes: RowChange[] = [];
  source: ProcessSourceName = "polling";
  now = NOW_MS;
  readonly #tracker: ProcessTracker;

  constructor(options: Partial<TrackerOptions> = {}, prepare: (proc: FakeProc) => void = () => {}) {
    prepare(this.proc);
    this.#tracker = new ProcessTracker({
      files: openProcFiles(this.proc.root),
      boot: readBoot(this.proc.root, NOW_MS, undefined),
      hashes: new FileHashes(),
      accounts: new Accounts(this.proc.host),
      losses: this.losses,
      put: (changes) => {
        this.changes.push(...changes);
        return Promise.resolve();
      },
      source: () => this.source,
      known: [],
      rescanTicks: Number.POSITIVE_INFINITY,
      // A file that was removed can be read on, while a process that is gone cannot.
      maxOpenStats: 0,
      now: () => this.now,
      ...options,
    });
  }

  /** One scan; returns what was told of in it, as `type pid`. */
  async scan(): Promise<string[]> {
    this.changes.length = 0;
    this.#tracker.tick();
    await this.#tracker.settle(10_000);
    return this.told;
  }

  async event(event: Partial<ProcessEvent> & Pick<ProcessEvent, "type" | "pid">): Promise<string[]> {
    this.changes.length = 0;
    this.#tracker.onEvent({ source: "connector", timeMs: this.now, ...event });
    await this.#tracker.settle(10_000);
    return this.told;
  }

  get tracker(): ProcessTracker {
    return this.#tracker;
  }

  /** Rows of `process_events` since the last call. */
  get events(): Row[] {
    return rowsOf(this.changes, "process_events");
  }

  /** Rows put into `processes` since the last call. */
  get put(): Row[] {
    return rowsOf(this.changes, "processes");
  }

  /** Pids of rows that went from `processes` since the last call. */
  get gone(): unknown[] {
    return this.changes.flatMap((change) => ("gone" in change ? [change.gone["pid"]] : []));
  }

  get told(): string[] {
    return this.events.map(({ type, pid }) => `${type} ${pid}`);
  }
}

function rowsOf(changes: readonly RowChange[], table: string): Row[] {
  return changes.flatMap((change) => (change.table === table && "row" in change ? [change.row] : []));
}

/** Columns of a table that its writer has to give. */
export function columnsOf(table: string): string[] {
  const added = new Set(["seq", "first_seen", "last_seen"]);
  const columns = ruleTables.find(({ name }) => name === table)?.columns ?? [];
  return columns.map(({ name }) => name).filter((name) => !added.has(name));
}
