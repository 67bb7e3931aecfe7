import type { LossTally, Row, RowChange } from "../../events/index.ts";
import type { FileHashes } from "../file-hashes.ts";
import type { Accounts } from "../hosts/passwd.ts";
import { type Executable, identifyExecutable, isSameExecutable, unknownExecutable } from "../proc/executables.ts";
import type { ProcFiles } from "../proc/proc-files.ts";
import {
  eventRow,
  NOT_IDENTIFIED,
  type ProcessRecord,
  processIdentity,
  processRow,
  type Telling,
} from "./process-record.ts";
import { RecentExecutables } from "./recent-executables.ts";

const PAGE_BYTES = 4_096;
/** Identifications under way; in a storm of more, rows go on without their hash, and that is counted. */
const MAX_UNDER_WAY = 2_048;
const DEADLINE_MS = 10_000;
/** A row that stays the same is put again after this time, so that it shows when it was last seen. */
const PUT_AGAIN_MS = 300_000;

/** Numbers of which a change is worth writing the row again; the state letter changes with every look. */
const COUNTED = ["nice", "threads", "userTicks", "systemTicks", "residentPages", "bytesRead", "bytesWritten"] as const;

export interface TellerOptions {
  readonly files: ProcFiles;
  readonly hashes: FileHashes;
  readonly accounts: Accounts;
  readonly losses: LossTally;
  readonly put: (changes: readonly RowChange[]) => Promise<void>;
  readonly now: () => number;
  readonly isThere: (record: ProcessRecord) => boolean;
  readonly deadlineMs?: number;
}

/** Turns what is found out about processes into rows: those of one process in their order, with the file that ran then. */
export class Teller {
  readonly #options: TellerOptions;
  readonly #settling = new Set<Promise<void>>();
  readonly #recent: RecentExecutables;
  #underWay = 0;

  constructor(options: TellerOptions) {
    this.#options = options;
    this.#recent = new RecentExecutables(options.files);
  }

  /** A program began, or was found: rows of both tables, once its file is identified. */
  begin(record: ProcessRecord, telling: Telling): void {
    const then = { ...record };
    this.#inOrder(record, async () => {
      const executable = await this.#recognise(record, then);
      if (record.program === then.program) record.executable = executable;
      this.#noteWhen(record, then, executable);
      await this.#options.put([this.#eventOf({ ...then, executable }, telling), ...this.#rowOf(record)]);
    });
  }

  /** Something about it may be different: its row of `processes`, and whether its file is still there. */
  refresh(record: ProcessRecord): void {
    const then = { ...record };
    this.#inOrder(record, async () => {
      const executable = await this.#identify(record, then);
      // What cannot be read this time was perhaps read before.
      const isOther = executable.onDisk !== -1 && !isSameExecutable(executable, record.executable);
      if (record.program === then.program && isOther) record.executable = executable;
      this.#noteWhen(record, then, executable);
      const changes = this.#rowOf(record);
      if (changes.length > 0) await this.#options.put(changes);
    });
  }

  /**
   * Everything about it was read again: its file is asked for when that may be another one, is not known, and now and then:
   * something else may be mounted where it stands, and what it runs may hide that it could not be asked for.
   */
  review(record: ProcessRecord, isSameFile: boolean): void {
    const nowMs = this.#options.now();
    const isKnown = isSameFile && record.executable.onDisk !== unknownExecutable.onDisk;
    const isAsked = isKnown && nowMs - record.identifiedAtMs < PUT_AGAIN_MS;
    if ((record.facts.path !== "" && !isAsked) || isOld(record, nowMs)) this.refresh(record);
    else if (!isStanding(record)) this.#inOrder(record, () => this.#options.put(this.#rowOf(record)));
  }

  /** A row of `process_events` alone, from what is known. */
  tell(record: ProcessRecord, telling: Telling): void {
    const then = { ...record };
    this.#inOrder(record, () => {
      const isNow = record.program === then.program;
      return this.#options.put([this.#eventOf(isNow ? { ...then, executable: record.executable } : then, telling)]);
    });
  }

  /** Its row of `processes` goes. */
  forget(record: ProcessRecord): void {
    this.#inOrder(record, async () => {
      if (record.standing === undefined) return;
      record.standing = undefined;
      await this.#options.put([{ table: "processes", gone: processIdentity(record) }]);
    });
  }

  /** All rows of `processes`, after some were lost on their way. */
  snapshot(records: Iterable<ProcessRecord>): RowChange {
    const shown = [...records].filter(({ standing }) => standing !== undefined);
    return { table: "processes", snapshot: shown.map((record) => this.#processRow(record)) };
  }

  /** Waits until everything told so far is handed on, but no longer than this. */
  async settle(maxMs: number): Promise<void> {
    if (this.#settling.size === 0) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, maxMs);
    await Promise.race([Promise.all(this.#settling), late.promise]);
    clearTimeout(timer);
  }

  #inOrder(record: ProcessRecord, step: () => Promise<void>): void {
    const settled = record.settled.then(step).catch(() => {
      this.#options.losses.add("collector", "processes", "failed", 1);
    });
    record.settled = settled;
    this.#settling.add(settled);
    void settled.finally(() => this.#settling.delete(settled));
  }

  #noteWhen(record: ProcessRecord, { program }: ProcessRecord, { onDisk }: Executable): void {
    if (record.program !== program) return;
    record.identifiedAtMs = onDisk === unknownExecutable.onDisk ? NOT_IDENTIFIED : this.#options.now();
  }

  /** The file, when a program that was started a moment ago was that very one; else it is asked for. */
  async #recognise(record: ProcessRecord, then: ProcessRecord): Promise<Executable> {
    const { path, isDeleted } = then.facts;
    const key = path === "" || isDeleted ? undefined : this.#recent.keyOf(then.pid, path);
    const known = key === undefined ? undefined : this.#recent.get(key, this.#options.now());
    // The pid may be another process's by now, and run another file of that name.
    if (known !== undefined && record.program === then.program && this.#options.isThere(record)) return known;
    const executable = await this.#identify(record, then);
    if (key !== undefined) this.#recent.keep(key, executable, this.#options.now());
    return executable;
  }

  async #identify(record: ProcessRecord, { pid, facts, program }: ProcessRecord): Promise<Executable> {
    if (facts.path === "") return unknownExecutable;
    if (this.#underWay >= MAX_UNDER_WAY) return this.#giveUp("identify_skipped");
    const { files, hashes, isThere, deadlineMs = DEADLINE_MS } = this.#options;
    const { path, isDeleted } = facts;
    const isAlive = () => record.program === program && isThere(record);
    this.#underWay++;
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), deadlineMs);
    const identified = identifyExecutable(files, hashes, { pid, path, isDeleted, isAlive });
    void identified.finally(() => this.#underWay--);
    const executable = await Promise.race([identified, late.promise]);
    clearTimeout(timer);
    return executable ?? this.#giveUp("identify_timeout");
  }

  #giveUp(reason: string): Executable {
    this.#options.losses.add("collector", "processes", reason, 1);
    return unknownExecutable;
  }

  #eventOf(record: ProcessRecord, telling: Telling): RowChange {
    return { table: "process_events", row: eventRow(record, this.#nameOf(record), telling) };
  }

  /** Nothing when it stands there like that already, or the process was never seen alive. */
  #rowOf(record: ProcessRecord): RowChange[] {
    if (record.isGone || record.seenIn === 0) return [];
    const atMs = this.#options.now();
    if (isStanding(record) && !isOld(record, atMs)) return [];
    const { facts, executable, parent, counters } = record;
    record.standing = { atMs, facts, executable, parent, counters: { ...counters } };
    return [{ table: "processes", row: this.#processRow(record) }];
  }

  #processRow(record: ProcessRecord): Row {
    return processRow(record, this.#nameOf(record), PAGE_BYTES);
  }

  #nameOf({ facts }: ProcessRecord): string {
    return this.#options.accounts.nameOf(facts.uid);
  }
}

/** Nothing of it is different from what was put last. */
function isStanding({ standing, facts, executable, parent, counters }: ProcessRecord): boolean {
  if (standing === undefined || standing.facts !== facts) return false;
  if (standing.executable !== executable || standing.parent !== parent) return false;
  return COUNTED.every((name) => standing.counters[name] === counters[name]);
}

function isOld({ standing }: ProcessRecord, nowMs: number): boolean {
  return standing === undefined || nowMs - standing.atMs >= PUT_AGAIN_MS;
}
