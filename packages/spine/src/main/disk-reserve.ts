import { statfs } from "node:fs/promises";
import { type Committer, Refusal } from "@holdfast/engine";

const CHECK_MS = 1_000;
const RETRY_AFTER_SECONDS = 30;
const MAX_RESERVE_BYTES = 64 * 1024 * 1024;
const RESERVE_SHARE = 0.02;

/** What is said of the file system that holds the data. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Bytes kept free: recovery, checkpoints and whoever has to clean up need room that a flood has not taken. */
export const reserveBytes = ({ totalBytes }: DiskSpace): number =>
  Math.min(MAX_RESERVE_BYTES, Math.floor(totalBytes * RESERVE_SHARE));

/** Watches the free space beside the work, never in its way: a disk that hangs must not hang an admission. */
export class DiskReserve {
  readonly #path: string;
  readonly #read: (path: string) => Promise<DiskSpace>;
  readonly #timer: NodeJS.Timeout;
  #space: DiskSpace | undefined;

  constructor(path: string, read: (path: string) => Promise<DiskSpace> = readSpace) {
    this.#path = path;
    this.#read = read;
    this.#timer = setInterval(() => void this.check(), CHECK_MS).unref();
  }

  get space(): DiskSpace | undefined {
    return this.#space;
  }

  /** Reads the free space now; the timer does so every second. */
  async check(): Promise<void> {
    // Space that cannot be read is not known to be short; a write that fails says so itself.
    this.#space = await this.#read(this.#path).catch(() => undefined);
  }

  /** The refusal of every operation while the reserve is touched; each of them would leave an entry. */
  refusal(): Refusal | undefined {
    if (this.#space === undefined || this.#space.freeBytes >= reserveBytes(this.#space)) return undefined;
    return new Refusal("storage_failed", "The server's disk is nearly full, and nothing more is recorded.", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      hint: "An operator has to free space on the disk of the data folder.",
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** The committer, with the reserve asked before it. */
export function withReserve(committer: Committer, reserve: Pick<DiskReserve, "refusal">): Committer {
  return {
    admission: () => reserve.refusal() ?? committer.admission(),
    submit: (submission) => committer.submit(submission),
    get isShared() {
      return committer.isShared ?? false;
    },
    get position() {
      return committer.position;
    },
    pending: (table, key) => committer.pending(table, key),
    settled: (table, key) => committer.settled(table, key),
  };
}

async function readSpace(path: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
