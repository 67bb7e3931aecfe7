import type { ProcessEvent } from "../process-event.ts";
import { factsAt } from "./event-facts.ts";
import type { ProcessFacts } from "../proc/facts.ts";
import type { Fork } from "./forks.ts";
import type { ProcessRecord } from "./process-record.ts";
import type { Tracking } from "./tracking.ts";

export interface IntakeOptions {
  readonly masks: boolean;
  /** Rows of type fork are wanted as well. */
  readonly tellsForks: boolean;
}

/** Takes the events of a source, one after the other. */
export class EventIntake {
  readonly #tracking: Tracking;
  readonly #options: IntakeOptions;

  constructor(tracking: Tracking, options: IntakeOptions) {
    this.#tracking = tracking;
    this.#options = options;
  }

  take(event: ProcessEvent): void {
    if (event.type === "fork") this.#takeFork(event);
    else if (event.type === "exit") this.#takeExit(event);
    else this.#takeProgram(event);
  }

  #takeFork(event: ProcessEvent): void {
    const { forks, teller } = this.#tracking;
    const parent = event.parent ?? 0;
    const fork: Fork = { parent, timeMs: event.timeMs, image: this.#tracking.imageOf(parent) };
    forks.add(event.pid, fork);
    if (this.#options.tellsForks) teller.tell(this.#childOf(event, fork), event);
  }

  /** A process that has not executed anything runs what its parent runs. */
  #childOf(event: ProcessEvent, fork: Fork): ProcessRecord {
    const { book } = this.#tracking;
    const brief = book.briefOf(event, fork);
    const parent = book.get(fork.parent);
    const { name, path, cmdline } = fork.image;
    const facts = { ...brief.facts, ...parent?.facts, name, path, cmdline };
    const executable = parent?.executable ?? brief.executable;
    return { ...brief, facts, executable, parent: fork.parent, parentImage: fork.image, isComplete: path !== "" };
  }

  #takeProgram(event: ProcessEvent): void {
    const { teller } = this.#tracking;
    const { record, read } = this.#recordFor(event);
    record.isComplete = read !== undefined || (event.path !== undefined && event.cmdline !== undefined);
    this.#tracking.setProgram(record, factsAt(event, read ?? knownIds(record), this.#options.masks));
    this.#tracking.isTold(record);
    teller.begin(record, event);
  }

  /** The process that the event is about, and what was read of it: it may have ended, and its pid be another's. */
  #recordFor(event: ProcessEvent): { record: ProcessRecord; read: ProcessFacts | undefined } {
    const { book, forks } = this.#tracking;
    const known = book.get(event.pid);
    const fork = forks.take(event.pid);
    if (known !== undefined && book.isThere(known)) {
      book.noteLine(known);
      return { record: known, read: book.readFacts(event.pid) };
    }
    const fd = book.open(event.pid);
    const isAlive = fd !== undefined && book.wasThereAt(event);
    if (fd !== undefined && !isAlive) book.closeLine(fd);
    // Its own end is still to be told of.
    if (!isAlive && known !== undefined) return { record: known, read: undefined };
    const record = isAlive ? this.#add(event.pid, fd, fork) : this.#addBrief(event, fork);
    return { record, read: record.isComplete ? record.facts : undefined };
  }

  #add(pid: number, fd: number, fork: Fork | undefined): ProcessRecord {
    const former = this.#tracking.book.get(pid);
    if (former !== undefined) this.#tracking.vanished(former);
    const record = this.#tracking.book.add(pid, fd);
    record.seenIn = Math.max(this.#tracking.scan, 1);
    this.#tracking.setParent(record, record.parent, fork, (parent) => this.#discover(parent));
    return record;
  }

  #addBrief(event: ProcessEvent, fork: Fork | undefined): ProcessRecord {
    const record = this.#tracking.book.addBrief(event, fork);
    this.#tracking.setParent(record, record.parent, fork, (parent) => this.#discover(parent));
    return record;
  }

  #discover(pid: number): void {
    if (this.#tracking.hasRoom) this.#tracking.discover(pid, () => false);
  }

  #takeExit(event: ProcessEvent): void {
    const { book, forks, teller } = this.#tracking;
    const fork = forks.take(event.pid);
    const record = book.get(event.pid);
    if (record === undefined) {
      if (fork !== undefined && this.#options.tellsForks) teller.tell(this.#childOf(event, fork), event);
      return;
    }
    // The first thread may end before the others: the process lives on, and must not vanish from sight.
    if (book.isThere(record) && book.line.threads > 1) record.exit = event;
    else this.#tracking.end(record, event);
  }
}

/** Who a process is outlives its program, as far as it is known. */
function knownIds({ facts, isComplete }: ProcessRecord) {
  return isComplete ? { ...facts, path: "", cmdline: "", isDeleted: false } : undefined;
}
