import { unknownExecutable } from "../proc/executables.ts";
import { kernelThreadFacts, type ProcessFacts, readFacts, readStorage, withOthersChanges } from "../proc/facts.ts";
import { NOT_OPEN, OpenStats } from "../proc/open-stats.ts";
import type { ProcFiles } from "../proc/proc-files.ts";
import { emptyStatLine, isKernelThread } from "../proc/stat-line.ts";
import { type Boot, startMs, TICKS_PER_SECOND } from "../proc/boot.ts";
import type { ProcessEvent } from "../process-event.ts";
import { factsAt } from "./event-facts.ts";
import type { Fork } from "./forks.ts";
import {
  type Counters,
  NO_PARENT,
  NOT_IDENTIFIED,
  NOT_STARTED,
  type ProcessRecord,
  unknownImage,
} from "./process-record.ts";
import { rests, unseen } from "./rest.ts";

const MS_OF_TICK = 1_000 / TICKS_PER_SECOND;
const NS_OF_MS = 1_000_000n;

const noCounters: Counters = {
  state: 0x3f,
  group: -1,
  nice: 0,
  threads: 0,
  userTicks: 0,
  systemTicks: 0,
  virtualBytes: 0,
  residentPages: 0,
  bytesRead: -1,
  bytesWritten: -1,
};

export interface BookOptions {
  readonly files: ProcFiles;
  readonly boot: Boot;
  readonly masks: boolean;
  /** Stat files that stay open. */
  readonly maxOpenStats?: number;
}

/** The processes that are tracked, by pid, and the stat lines that they are read from. */
export class RecordBook {
  /** The line that was read last; the next read overwrites it. */
  readonly line = emptyStatLine();
  readonly #options: BookOptions;
  readonly #stats: OpenStats;
  #boot: Boot;
  readonly #records = new Map<number, ProcessRecord>();

  constructor(options: BookOptions) {
    this.#options = options;
    this.#boot = options.boot;
    this.#stats = new OpenStats(options.files, options.maxOpenStats);
  }

  get size(): number {
    return this.#records.size;
  }

  get(pid: number): ProcessRecord | undefined {
    return this.#records.get(pid);
  }

  all(): Iterable<ProcessRecord> {
    return this.#records.values();
  }

  /** Whether the process of the line had started at the time of the event: otherwise it only has got the same pid. */
  wasThereAt({ timeNs }: ProcessEvent): boolean {
    return timeNs === undefined || this.line.startTicks * MS_OF_TICK <= Number(timeNs / NS_OF_MS) + MS_OF_TICK;
  }

  /** The wall clock was set: every start has another time by it. */
  setBoot(boot: Boot): void {
    this.#boot = boot;
    for (const record of this.#records.values()) {
      if (record.startTicks !== NOT_STARTED) record.startMs = startMs(boot, record.startTicks);
    }
  }

  /** Reads the line of whatever process has this pid; undefined when there is none. */
  open(pid: number): number | undefined {
    return this.#stats.open(pid, this.line);
  }

  closeLine(fd: number): void {
    this.#stats.close(fd);
  }

  /** Reads the line of this process again; false when it is gone, whoever has its pid now. */
  isThere(record: ProcessRecord): boolean {
    if (record.startTicks === NOT_STARTED || record.isGone) return false;
    return this.#stats.read(record.pid, record.fd, this.line) && this.line.startTicks === record.startTicks;
  }

  /** A record of the process of the line, which stays open in `fd`. */
  add(pid: number, fd: number): ProcessRecord {
    const { startTicks, parent } = this.line;
    const started = { startTicks, startMs: startMs(this.#boot, startTicks), fd, parent };
    const record = this.#keep({ ...blank(pid), ...started });
    this.noteLine(record);
    const facts = this.readFacts(pid);
    record.isComplete = facts !== undefined;
    record.facts = facts ?? { ...record.facts, name: this.#nameOfLine() };
    return record;
  }

  /** A record of a process that was gone before it could be looked at: what its event tells is all that is known. */
  addBrief(event: ProcessEvent, fork: Fork | undefined): ProcessRecord {
    const parent = event.parent ?? fork?.parent ?? NO_PARENT;
    return this.#keep({ ...this.briefOf(event, fork), parent });
  }

  /** The same, without keeping it. */
  briefOf(event: ProcessEvent, fork: Fork | undefined): ProcessRecord {
    const facts = factsAt(event, undefined, this.#options.masks);
    return { ...blank(event.pid), startMs: fork?.timeMs ?? event.timeMs, facts };
  }

  /** Takes it out; whatever is still under way for it finds that it is gone. */
  remove(record: ProcessRecord): void {
    record.isGone = true;
    this.#stats.close(record.fd);
    if (this.#records.get(record.pid) === record) this.#records.delete(record.pid);
  }

  /** Reads everything of the process of the line anew; undefined when it is gone. */
  readFacts(pid: number): ProcessFacts | undefined {
    const name = this.#nameOfLine();
    if (isKernelThread(this.line)) return kernelThreadFacts(name);
    return this.#inFolder(pid, (files, folder, masks) => readFacts(files, folder, name, masks));
  }

  /**
   * Reads of the process of the line what may have changed while the same program runs. `isSameFile` is false when the
   * file that it executes may be another one, or may have lost its name.
   */
  refresh(record: ProcessRecord): { readonly isSameFile: boolean } | undefined {
    if (isKernelThread(this.line)) return { isSameFile: true };
    const { facts: known, sighting, counters } = record;
    const { image } = sighting;
    const facts = this.#inFolder(record.pid, (files, folder, masks) => {
      sighting.image = files.imageMark(folder);
      if (rests(files, folder, this.line.threads, sighting)) return withOthersChanges(files, folder, known);
      readStorage(files, folder, counters);
      return readFacts(files, folder, this.#nameOfLine(), masks, known);
    });
    if (facts === undefined) return undefined;
    record.facts = facts;
    const isSameMark = image !== "" && image === sighting.image;
    return { isSameFile: isSameMark && facts.path === known.path && facts.isDeleted === known.isDeleted };
  }

  /** Takes the line's numbers over into the record. */
  noteLine(record: ProcessRecord): void {
    const { line } = this;
    record.isKernelThread = isKernelThread(line);
    record.nameSum = line.nameSum;
    record.lineParent = line.parent;
    record.stackStart = line.stackStart;
    const { counters } = record;
    counters.state = line.state;
    counters.group = line.group;
    counters.nice = line.nice;
    counters.threads = line.threads;
    counters.userTicks = line.userTicks;
    counters.systemTicks = line.systemTicks;
    counters.virtualBytes = line.virtualBytes;
    counters.residentPages = line.residentPages;
  }

  close(): void {
    for (const record of this.#records.values()) this.remove(record);
  }

  #keep(record: ProcessRecord): ProcessRecord {
    this.#records.set(record.pid, record);
    return record;
  }

  #inFolder<T>(pid: number, read: (files: ProcFiles, folder: number, masks: boolean) => T): T | undefined {
    const { files, masks } = this.#options;
    const folder = files.openFolder(pid);
    if (folder === undefined) return undefined;
    try {
      return read(files, folder, masks);
    } finally {
      files.closeFolder(folder);
    }
  }

  #nameOfLine(): string {
    return this.#stats.buffer.toString("utf8", this.line.nameStart, this.line.nameEnd);
  }
}

function blank(pid: number): ProcessRecord {
  return {
    pid,
    startTicks: NOT_STARTED,
    startMs: 0,
    fd: NOT_OPEN,
    isKernelThread: false,
    nameSum: 0,
    stackStart: 0,
    parent: NO_PARENT,
    lineParent: NO_PARENT,
    parentImage: unknownImage,
    facts: factsAt({ type: "found", source: "polling", pid, timeMs: 0 }, undefined, false),
    program: 0,
    executable: unknownExecutable,
    identifiedAtMs: NOT_IDENTIFIED,
    sighting: { ...unseen },
    counters: { ...noCounters },
    isComplete: false,
    seenIn: 0,
    isGone: false,
    standing: undefined,
    exit: undefined,
    settled: Promise.resolve(),
  };
}
