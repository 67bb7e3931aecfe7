import type { LossTally } from "../../events/index.ts";
import { TICKS_PER_SECOND } from "../proc/boot.ts";
import { unknownExecutable } from "../proc/executables.ts";
import type { ProcessFacts } from "../proc/facts.ts";
import type { ProcessEvent, ProcessSourceName } from "../process-event.ts";
import type { Fork, Forks } from "./forks.ts";
import { type Image, NO_PARENT, NOT_STARTED, type ProcessRecord, unknownImage } from "./process-record.ts";
import type { RecordBook } from "./record-book.ts";
import type { Teller } from "./teller.ts";

const MAX_ANCESTORS = 64;
const ZOMBIE = 0x5a;
const DEAD = 0x58;
const WAIT_SIGNAL = 0x7f;

export interface TrackingOptions {
  readonly book: RecordBook;
  readonly teller: Teller;
  readonly forks: Forks;
  readonly losses: LossTally;
  readonly now: () => number;
  readonly source: () => ProcessSourceName;
  readonly maxProcesses: number;
}

/** What events and scans have in common: how a process comes in, gets another program, and ends. */
export class Tracking {
  readonly book: RecordBook;
  readonly teller: Teller;
  readonly forks: Forks;
  readonly losses: LossTally;
  readonly now: () => number;
  readonly source: () => ProcessSourceName;
  /** Number of the scan that runs or ran last. */
  scan = 0;
  missedBySource = 0;
  /** Processes that a scan found, and in which; the source may still tell of them. */
  readonly #untold = new Map<ProcessRecord, number>();
  /** Start of processes that ended and are listed until their parents have heard of it. */
  readonly #maxProcesses: number;
  readonly #ended = new Map<number, number>();

  constructor(options: TrackingOptions) {
    this.book = options.book;
    this.teller = options.teller;
    this.forks = options.forks;
    this.losses = options.losses;
    this.now = options.now;
    this.source = options.source;
    this.#maxProcesses = options.maxProcesses;
  }

  get hasRoom(): boolean {
    return this.book.size < this.#maxProcesses;
  }

  /** Finds whoever has this pid and is not tracked yet; `isKnown` says of whom an earlier run has told. */
  discover(pid: number, isKnown: (record: ProcessRecord) => boolean, depth = 0): void {
    const fd = this.book.open(pid);
    if (fd === undefined) return;
    if (this.#ended.get(pid) === this.book.line.startTicks) {
      this.book.closeLine(fd);
      return;
    }
    const ended = this.endedExit();
    const record = this.book.add(pid, fd);
    record.seenIn = Math.max(this.scan, 1);
    const fork = this.forks.get(pid);
    this.setParent(record, record.parent, fork, (parent) => {
      if (depth < MAX_ANCESTORS && this.hasRoom) this.discover(parent, isKnown, depth + 1);
    });
    this.#welcome(record, fork !== undefined || isKnown(record));
    if (ended !== undefined) this.end(record, ended);
  }

  /** Names the parent and what runs in it; one that has gone since is known by the fork. */
  setParent(record: ProcessRecord, pid: number, fork: Fork | undefined, discover: (pid: number) => void): void {
    const parent = fork?.parent ?? pid;
    record.parent = parent;
    if (parent > 0 && this.book.get(parent) === undefined) discover(parent);
    const isFork = fork !== undefined && fork.image !== unknownImage;
    record.parentImage = isFork ? fork.image : this.imageOf(parent);
  }

  /** What runs in the process with this pid, as far as it is known. */
  imageOf(pid: number): Image {
    const record = pid === NO_PARENT ? undefined : this.book.get(pid);
    return record?.facts ?? this.forks.get(pid)?.image ?? unknownImage;
  }

  /** Another program runs in it, or the same one was started again. */
  setProgram(record: ProcessRecord, facts: ProcessFacts): void {
    record.facts = facts;
    record.program++;
    record.executable = unknownExecutable;
  }

  /** A program was found that nobody has told of: told at once, or by the source within the next scan. */
  found(record: ProcessRecord): void {
    const mayBeTold = this.source() !== "polling" && this.scan > 1;
    if (!mayBeTold) {
      this.teller.begin(record, this.#now("found"));
      return;
    }
    this.#untold.set(record, this.scan);
    this.teller.refresh(record);
  }

  /** The source has told of it. */
  isTold(record: ProcessRecord): void {
    this.#untold.delete(record);
  }

  /** Tells of those of whom the source has said nothing in a whole scan's time. */
  tellUntold(): void {
    for (const [record, scan] of this.#untold) if (scan < this.scan) this.#tellMissed(record);
  }

  /** It has ended: a last row, and none in `processes` any more. */
  end(record: ProcessRecord, exit: ProcessEvent): void {
    if (this.#untold.has(record)) this.#tellMissed(record);
    if (record.startTicks !== NOT_STARTED) this.#ended.set(record.pid, record.startTicks);
    this.book.remove(record);
    this.teller.tell(record, { ...exit, durationMs: lifeMs(record, exit) });
    this.teller.forget(record);
  }

  /** It is gone, and what is known of its end is at most what its first thread's exit said. */
  vanished(record: ProcessRecord): void {
    this.end(record, record.exit ?? { ...this.#now("exit"), pid: record.pid });
  }

  /** Exit of the process of the line, when it has ended and waits for its parent; while threads live on it has not. */
  endedExit(): ProcessEvent | undefined {
    const { state, threads, exitStatus, stackStart } = this.book.line;
    if ((state !== ZOMBIE && state !== DEAD) || threads > 1) return undefined;
    const isShown = exitStatus !== 0 || stackStart !== 0;
    return { ...this.#now("exit"), pid: 0, ...(isShown ? { exitCode: exitCodeOf(exitStatus) } : {}) };
  }

  /** Forgets ended processes that are no longer listed. */
  forgetEnded(listed: ReadonlySet<number>): void {
    for (const pid of this.#ended.keys()) if (!listed.has(pid)) this.#ended.delete(pid);
  }

  get hasEnded(): boolean {
    return this.#ended.size > 0;
  }

  #welcome(record: ProcessRecord, isTold: boolean): void {
    if (isTold) this.teller.refresh(record);
    else this.found(record);
  }

  #tellMissed(record: ProcessRecord): void {
    this.#untold.delete(record);
    this.missedBySource++;
    this.teller.begin(record, this.#now("found"));
  }

  #now<T extends ProcessEvent["type"]>(type: T) {
    return { type, source: "polling", timeMs: this.now() } as const;
  }
}

/** By the kernel's own clock where the event has it: the wall clock may have been set meanwhile. */
function lifeMs({ startTicks, startMs }: ProcessRecord, { timeMs, timeNs }: ProcessEvent): number {
  const isByTicks = startTicks !== NOT_STARTED && timeNs !== undefined;
  const life = isByTicks ? Number(timeNs / 1_000_000n) - (startTicks * 1_000) / TICKS_PER_SECOND : timeMs - startMs;
  return Math.max(0, Math.round(life));
}

/** Code, or 128 + signal, of a wait status (wait(2)). */
function exitCodeOf(status: number): number {
  const signal = status & WAIT_SIGNAL;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
