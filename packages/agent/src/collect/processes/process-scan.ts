import type { Row, RowChange } from "../../events/index.ts";
import { isKernelThread } from "../proc/stat-line.ts";
import { NOT_STARTED, type ProcessRecord, secondsOf } from "./process-record.ts";
import type { Tracking } from "./tracking.ts";

/** They run no program, and can begin none: all that is to be seen is that another process has got such a thread's pid. */
const SCANS_BETWEEN_KERNEL_THREADS = 5;

export interface ScanOptions {
  /** Names in /proc. */
  readonly pids: () => readonly string[];
  /** Once in so many scans, what changes without a sign in the stat line is read again: users, working folders. */
  readonly rescanTicks: number;
  readonly known: readonly Row[];
  readonly put: (changes: readonly RowChange[]) => Promise<void>;
}

/** Looks at all processes: at each one's stat line every time, at everything else when that says so, or now and then. */
export class ProcessScan {
  readonly #tracking: Tracking;
  readonly #options: ScanOptions;
  #known: Map<string, Row>;
  #untracked = 0;

  constructor(tracking: Tracking, options: ScanOptions) {
    this.#tracking = tracking;
    this.#options = options;
    this.#known = new Map(options.known.map((row) => [`${row["pid"]}@${row["start_time"]}`, row]));
  }

  /** One scan; returns how many processes there are. */
  run(): number {
    const { book } = this.#tracking;
    this.#tracking.scan++;
    const pids = this.#options.pids();
    this.#lookAtAll(pids);
    for (const record of book.all()) if (record.seenIn !== this.#tracking.scan) this.#tracking.vanished(record);
    if (this.#tracking.hasEnded) this.#tracking.forgetEnded(new Set(pids.map(Number)));
    this.#tracking.tellUntold();
    this.#endKnown();
    return book.size;
  }

  #lookAtAll(pids: readonly string[]): void {
    let untracked = 0;
    for (const name of pids) {
      if (isPid(name) && !this.#look(Number(name))) untracked++;
    }
    this.#tracking.losses.add("collector", "processes", "too_many", untracked - this.#untracked);
    this.#untracked = untracked;
  }

  /** False when there are too many processes to track this one. */
  #look(pid: number): boolean {
    const { book } = this.#tracking;
    const record = book.get(pid);
    if (record?.seenIn === this.#tracking.scan && record.startTicks !== NOT_STARTED) return true;
    if (record?.isKernelThread === true && !this.#isItsTurn(record, SCANS_BETWEEN_KERNEL_THREADS)) {
      record.seenIn = this.#tracking.scan;
      return true;
    }
    if (record !== undefined && book.isThere(record)) {
      this.#lookAgain(record);
      return true;
    }
    if (record !== undefined) this.#tracking.vanished(record);
    if (!this.#tracking.hasRoom) return false;
    this.#tracking.discover(pid, (found) => this.#isKnown(found));
    return true;
  }

  #lookAgain(record: ProcessRecord): void {
    const { book, teller } = this.#tracking;
    const { nameSum, stackStart, parent } = book.line;
    record.seenIn = this.#tracking.scan;
    const ended = this.#tracking.endedExit();
    if (ended !== undefined) {
      this.#tracking.end(record, record.exit ?? ended);
      return;
    }
    const isOtherStack = stackStart !== record.stackStart;
    const isOther = isOtherStack || (nameSum !== record.nameSum && !isKernelThread(book.line));
    const isReparented = parent !== record.lineParent;
    book.noteLine(record);
    if (isReparented) {
      record.parent = parent;
      record.parentImage = this.#tracking.imageOf(parent);
    }
    if (isOther) this.#lookInto(record, isOtherStack);
    else if (this.#isItsTurn(record, this.#options.rescanTicks)) this.#lookAtEverything(record);
    if (isReparented) teller.refresh(record);
  }

  /** Once in so many scans, a few of all in each: by pid. */
  #isItsTurn({ pid }: ProcessRecord, scans: number): boolean {
    return (this.#tracking.scan + pid) % scans === 0;
  }

  /** Another name or another stack: a program began, or it only called itself something else. */
  #lookInto(record: ProcessRecord, isOtherStack: boolean): void {
    const { book, teller } = this.#tracking;
    const facts = book.readFacts(record.pid);
    if (facts === undefined) return;
    const isProgram = isOtherStack || facts.path !== record.facts.path;
    if (!isProgram) {
      record.facts = facts;
      teller.refresh(record);
      return;
    }
    this.#tracking.setProgram(record, facts);
    this.#tracking.found(record);
  }

  #isKnown(record: ProcessRecord): boolean {
    if (this.#known.size === 0) return false;
    const key = `${record.pid}@${secondsOf(record.startMs)}`;
    const row = this.#known.get(key);
    this.#known.delete(key);
    return row !== undefined && row["path"] === record.facts.path && row["cmdline"] === record.facts.cmdline;
  }

  /** Processes of an earlier run that ended while the agent was off. */
  #endKnown(): void {
    if (this.#known.size === 0) return;
    const time = secondsOf(this.#tracking.now());
    const ended = { time, type: "exit", source: "polling", auid: -1, exit_code: -1, duration_ms: -1, is_complete: 1 };
    const changes = [...this.#known.values()].flatMap((row): RowChange[] => [
      { table: "process_events", row: { ...row, ...ended } },
      { table: "processes", gone: row },
    ]);
    this.#known = new Map();
    void this.#options.put(changes);
  }

  #lookAtEverything(record: ProcessRecord): void {
    const { book, teller } = this.#tracking;
    const { path } = record.facts;
    const found = book.refresh(record);
    if (found === undefined) return;
    const isOther = path !== "" && record.facts.path !== "" && record.facts.path !== path;
    if (!isOther) {
      teller.review(record, found.isSameFile);
      return;
    }
    this.#tracking.setProgram(record, record.facts);
    this.#tracking.found(record);
  }
}

function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 0x31 && first <= 0x39;
}
