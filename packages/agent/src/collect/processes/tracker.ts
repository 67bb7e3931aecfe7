import { readdirSync } from "node:fs";
import type { LossTally, Row, RowChange } from "../../events/index.ts";
import type { FileHashes } from "../file-hashes.ts";
import type { Accounts } from "../hosts/passwd.ts";
import type { Boot } from "../proc/boot.ts";
import type { ProcFiles } from "../proc/proc-files.ts";
import type { ProcessEvent, ProcessSourceName } from "../process-event.ts";
import { EventIntake } from "./event-intake.ts";
import { Forks } from "./forks.ts";
import { ProcessScan } from "./process-scan.ts";
import { RecordBook } from "./record-book.ts";
import { Teller } from "./teller.ts";
import { Tracking } from "./tracking.ts";

export interface TrackerOptions {
  readonly files: ProcFiles;
  readonly boot: Boot;
  /** When the boot was by the wall clock of now; undefined: that is not looked at again. */
  readonly bootNow?: () => Boot;
  readonly hashes: FileHashes;
  readonly accounts: Accounts;
  readonly losses: LossTally;
  readonly put: (changes: readonly RowChange[]) => Promise<void>;
  /** Which source tells of events now; `polling` when none of the kernel's does. */
  readonly source: () => ProcessSourceName;
  /** Rows of `processes` that an earlier run of the agent left behind in this boot. */
  readonly known: readonly Row[];
  /** Everything is read anew once in so many scans. */
  readonly rescanTicks?: number;
  readonly tellsForks?: boolean;
  /** Secrets in arguments are hidden unless this is false. */
  readonly masks?: boolean;
  readonly now?: () => number;
  readonly identifyDeadlineMs?: number;
  readonly maxOpenStats?: number;
  readonly maxProcesses?: number;
}

export interface TrackerReadings {
  readonly processes: number;
  /** Processes that a scan found though a source of the kernel's should have told of their start. */
  readonly missedBySource: number;
}

const TICKS_BETWEEN_CLOCKS = 30;
const DEFAULT_RESCAN_TICKS = 60;
/** More processes than this are not tracked, which is counted: what is known of each costs about two kilobytes. */
const DEFAULT_MAX_PROCESSES = 32_768;

/**
 * Follows the processes of a host, by what a source of events tells and by scans of /proc that find what it missed, and
 * turns both into rows. A process is its pid with its start: a pid that is used again is another process.
 */
export class ProcessTracker {
  readonly #tracking: Tracking;
  readonly #intake: EventIntake;
  readonly #scan: ProcessScan;
  readonly #options: TrackerOptions;
  #boot: Boot;
  #ticks = 0;

  constructor(options: TrackerOptions) {
    const { files, masks = true, now = Date.now } = options;
    this.#options = options;
    this.#boot = options.boot;
    const book = new RecordBook({ ...options, masks });
    const teller = new Teller({
      ...options,
      now,
      isThere: (record) => book.isThere(record),
      ...(options.identifyDeadlineMs === undefined ? {} : { deadlineMs: options.identifyDeadlineMs }),
    });
    this.#tracking = new Tracking({
      book,
      teller,
      forks: new Forks(),
      losses: options.losses,
      now,
      source: options.source,
      maxProcesses: options.maxProcesses ?? DEFAULT_MAX_PROCESSES,
    });
    this.#intake = new EventIntake(this.#tracking, { masks, tellsForks: options.tellsForks ?? false });
    this.#scan = new ProcessScan(this.#tracking, {
      pids: () => readdirSync(files.root),
      rescanTicks: options.rescanTicks ?? DEFAULT_RESCAN_TICKS,
      known: options.known,
      put: options.put,
    });
  }

  /** Takes an event of a source. */
  onEvent(event: ProcessEvent): void {
    this.#intake.take(event);
  }

  /** Looks at every process once; returns how many there are. Rows follow as soon as files are identified. */
  tick(): number {
    if (++this.#ticks % TICKS_BETWEEN_CLOCKS === 0) this.#checkClock();
    return this.#scan.run();
  }

  /** Waits until rows of what was found so far are handed on, but no longer than this. */
  settle(maxMs: number): Promise<void> {
    return this.#tracking.teller.settle(maxMs);
  }

  /** All rows of `processes`, after some were lost on their way. */
  snapshot(): RowChange {
    return this.#tracking.teller.snapshot(this.#tracking.book.all());
  }

  readings(): TrackerReadings {
    return { processes: this.#tracking.book.size, missedBySource: this.#tracking.missedBySource };
  }

  /** Rows are told apart by the time of their start: once that is another one, all of them are put anew. */
  #checkClock(): void {
    const boot = this.#options.bootNow?.() ?? this.#boot;
    if (boot.unixMs === this.#boot.unixMs) return;
    this.#boot = boot;
    this.#tracking.book.setBoot(boot);
    void this.#options.put([this.snapshot()]);
  }

  close(): void {
    this.#tracking.book.close();
  }
}
