import { stat } from "node:fs/promises";
import type { LossTally, Row, RowChange } from "../../events/index.ts";
import type { FileHashes } from "../file-hashes.ts";
import type { Accounts } from "../hosts/passwd.ts";
import { maskText } from "../mask/mask.ts";
import { type Executable, unknownExecutable } from "../proc/executables.ts";
import type { ProcessFacts } from "../proc/facts.ts";
import type { ProcessWatcher } from "../process-watcher.ts";
import {
  type Counters,
  eventRow,
  type Image,
  processIdentity,
  processRow,
  type Telling,
  unknownImage,
} from "../processes/process-record.ts";
import type { TrackerReadings } from "../processes/tracker.ts";
import { StateDiff } from "../state-diff.ts";
import { type ListedProcess, listProcesses } from "./list-processes.ts";

/** Starting the system's own tools costs many times what a look at /proc does. */
const LIST_EVERY_MS = 5_000;
const START_TOLERANCE_MS = 5_000;

export interface PortableOptions {
  readonly hashes: FileHashes;
  readonly accounts: Accounts;
  readonly losses: LossTally;
  readonly put: (changes: readonly RowChange[]) => Promise<void>;
  readonly masks: boolean;
  readonly now: () => number;
  readonly list?: () => Promise<readonly ListedProcess[]>;
  readonly listEveryMs?: number;
}

interface Portable {
  readonly listed: ListedProcess;
  readonly parentImage: Image;
  readonly facts: ProcessFacts;
  readonly executable: Executable;
  readonly startMs: number;
}

/** Follows processes by lists of them, where nothing better is known of the system: what begins and ends between is not seen. */
export class PortableTracker implements ProcessWatcher {
  readonly #options: PortableOptions;
  readonly #diff = new StateDiff("processes");
  #processes = new Map<number, Portable>();
  #listAt = Number.NEGATIVE_INFINITY;

  constructor(options: PortableOptions) {
    this.#options = options;
  }

  /** No source of the kernel's exists where this runs. */
  onEvent(): void {}

  async tick(): Promise<number> {
    const now = this.#options.now();
    if (now < this.#listAt) return this.#processes.size;
    this.#listAt = now + (this.#options.listEveryMs ?? LIST_EVERY_MS);
    const listed = await (this.#options.list ?? listProcesses)();
    const before = this.#processes;
    const known = listed.map((each) => [each.pid, this.#same(before.get(each.pid), each)] as const);
    const images = new Map(listed.map((each) => [each.pid, this.#imageOf(each)]));
    this.#processes = new Map();
    for (const [index, [pid, former]] of known.entries()) {
      const each = listed[index] as ListedProcess;
      this.#processes.set(pid, former ?? (await this.#begin(each, images.get(each.parent) ?? unknownImage)));
    }
    await this.#options.put([...this.#events(before), ...this.#diff.changes(this.#rows())]);
    return this.#processes.size;
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  snapshot(): RowChange {
    return { table: "processes", snapshot: this.#rows() };
  }

  readings(): TrackerReadings {
    return { processes: this.#processes.size, missedBySource: 0 };
  }

  close(): void {}

  /** The same process with its numbers of now; undefined for another one, which may have got the same pid. */
  #same(former: Portable | undefined, listed: ListedProcess): Portable | undefined {
    if (former === undefined || former.listed.cmdline !== listed.cmdline) return undefined;
    const isSame = Math.abs(former.listed.startMs - listed.startMs) <= START_TOLERANCE_MS;
    return isSame ? { ...former, listed } : undefined;
  }

  async #begin(listed: ListedProcess, parentImage: Image): Promise<Portable> {
    const uid = this.#options.accounts.all().find(({ username }) => username === listed.username)?.uid ?? -1;
    const facts: ProcessFacts = {
      ...this.#imageOf(listed),
      isDeleted: false,
      cwd: "",
      root: "",
      uid,
      euid: uid,
      suid: uid,
      gid: -1,
      egid: -1,
      sgid: -1,
      auid: -1,
      cgroupPath: "",
    };
    const executable = await this.#identify(listed.path);
    return { listed, parentImage, facts, executable, startMs: listed.startMs };
  }

  #imageOf({ name, path, cmdline }: ListedProcess): Image {
    return { name, path, cmdline: this.#options.masks ? maskText(cmdline) : cmdline };
  }

  /** By its path alone: whether that is still what runs is not known here. */
  async #identify(path: string): Promise<Executable> {
    if (path === "") return unknownExecutable;
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return { onDisk: 0, sha256: "" };
    return { onDisk: -1, sha256: await this.#options.hashes.of(path, found) };
  }

  #events(before: ReadonlyMap<number, Portable>): RowChange[] {
    const timeMs = this.#options.now();
    const isOther = (a: Portable, b: Portable | undefined): boolean => a.startMs !== b?.startMs || a.facts !== b.facts;
    const ended = [...before].filter(([pid, each]) => isOther(each, this.#processes.get(pid)));
    const begun = [...this.#processes].filter(([pid, each]) => isOther(each, before.get(pid)));
    const durationOf = ({ startMs }: Portable) => (startMs === 0 ? -1 : Math.max(0, timeMs - startMs));
    return [
      ...ended.map(([, each]) =>
        eventOf(each, { type: "exit", source: "polling", timeMs, durationMs: durationOf(each) }),
      ),
      ...begun.map(([, each]) => eventOf(each, { type: "found", source: "polling", timeMs })),
    ];
  }

  #rows(): Row[] {
    return [...this.#processes.values()].map((each) => ({
      ...processRow({ ...shown(each), counters: countersOf(each.listed) }, each.listed.username, 1),
      ...processIdentity({ pid: each.listed.pid, startMs: each.startMs }),
    }));
  }
}

function eventOf(process: Portable, telling: Telling): RowChange {
  const row = eventRow({ ...shown(process), isComplete: true }, process.listed.username, telling);
  return { table: "process_events", row };
}

function shown({ listed, parentImage, facts, executable, startMs }: Portable) {
  return { pid: listed.pid, parent: listed.parent, parentImage, facts, executable, startMs };
}

function countersOf({ state, nice, residentBytes, totalBytes }: ListedProcess): Counters {
  return {
    state: state.charCodeAt(0),
    nice,
    group: -1,
    threads: -1,
    userTicks: 0,
    systemTicks: 0,
    virtualBytes: totalBytes,
    residentPages: residentBytes,
    bytesRead: -1,
    bytesWritten: -1,
  };
}
