import { createHash } from "node:crypto";
import { close, constants, fstat, open, read, type Stats } from "node:fs";
import { promisify } from "node:util";

const openFile = promisify(open);
const closeFile = promisify(close);
const statFile = promisify(fstat);
const readFile = promisify(read);

const CHUNK_BYTES = 256 * 1024;
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const DEFAULT_MAX_ENTRIES = 4_096;
const DEFAULT_DEADLINE_MS = 20_000;
/** Reads that never come back each hold a thread, of which there are four: nothing is hashed while so many hang. */
const MAX_STUCK = 2;

export interface FileHashOptions {
  /** Larger files are not read; their hash is empty. */
  readonly maxBytes?: number;
  readonly maxEntries?: number;
  readonly deadlineMs?: number;
  /** How a file is read; what else reads it slowly or not at all is a test. */
  readonly hash?: typeof hashFile;
  /** Told with a code when a file could not be hashed in time, or not at all. */
  readonly onFailure?: (reason: "hash_timeout" | "hash_stuck" | "hash_too_large") => void;
}

interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

/**
 * SHA-256 of files, streamed, one file at a time, and remembered by device, inode, times and size: ctime cannot be set
 * by whoever changes a file, so a hash that is remembered is that of the content.
 */
export class FileHashes {
  readonly #options: FileHashOptions;
  readonly #known = new Map<string, string>();
  readonly #running = new Map<string, Promise<string>>();
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  readonly #waiting: Waiting[] = [];
  #isBusy = false;
  #stuck = 0;

  constructor(options: FileHashOptions = {}) {
    this.#options = options;
  }

  /** Files of which the hash is remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** Hash in hex of the file at `path`, of which `stat` was seen; empty when it cannot be had. */
  of(path: string, stat: Stats): Promise<string> {
    if (!stat.isFile()) return Promise.resolve("");
    const key = keyOf(stat);
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return Promise.resolve(known);
    }
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = this.#inTurn(path, key, stat.size).finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }

  /** Forgets all but the newest, when memory is short. */
  shrink(maxEntries: number): void {
    while (this.#known.size > maxEntries) this.#known.delete(this.#known.keys().next().value as string);
  }

  async #inTurn(path: string, key: string, bytes: number): Promise<string> {
    if (bytes > (this.#options.maxBytes ?? DEFAULT_MAX_BYTES)) {
      this.#options.onFailure?.("hash_too_large");
      return "";
    }
    await this.#takeTurn(bytes);
    try {
      return await this.#withinDeadline(path, key);
    } finally {
      this.#passTurn();
    }
  }

  async #takeTurn(bytes: number): Promise<void> {
    if (!this.#isBusy) {
      this.#isBusy = true;
      return;
    }
    const turn = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, begin: turn.resolve });
    await turn.promise;
  }

  /** The smallest is next: a row that waits for its hash must not time out behind all large programs of the host. */
  #passTurn(): void {
    let next = 0;
    for (const [index, { bytes }] of this.#waiting.entries()) {
      if (bytes < (this.#waiting[next] as Waiting).bytes) next = index;
    }
    const [chosen] = this.#waiting.splice(next, 1);
    this.#isBusy = chosen !== undefined;
    chosen?.begin();
  }

  async #withinDeadline(path: string, key: string): Promise<string> {
    if (this.#stuck >= MAX_STUCK) {
      this.#options.onFailure?.("hash_stuck");
      return "";
    }
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), this.#options.deadlineMs ?? DEFAULT_DEADLINE_MS);
    const life = { isGivenUp: false };
    const reading = (this.#options.hash ?? hashFile)(path, key, this.#chunk, life).catch(() => "");
    const hash = await Promise.race([reading, late.promise]);
    clearTimeout(timer);
    if (hash !== undefined) return this.#keep(key, hash);
    life.isGivenUp = true;
    // A read that comes back late must not write into what another file is read into.
    this.#chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#stuck++;
    void reading.finally(() => this.#stuck--);
    this.#options.onFailure?.("hash_timeout");
    return "";
  }

  #keep(key: string, hash: string): string {
    if (hash === "") return hash;
    this.#known.set(key, hash);
    this.shrink(this.#options.maxEntries ?? DEFAULT_MAX_ENTRIES);
    return hash;
  }
}

function keyOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

/** Empty when it is another file than was seen, or changed while it was read. A pipe in its place does not block. */
async function hashFile(path: string, key: string, chunk: Buffer, life: { isGivenUp: boolean }): Promise<string> {
  const fd = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (keyOf(await statFile(fd)) !== key) return "";
    const hash = createHash("sha256");
    for (;;) {
      const { bytesRead } = await readFile(fd, chunk, 0, chunk.length, null);
      if (bytesRead === 0 || life.isGivenUp) break;
      hash.update(chunk.subarray(0, bytesRead));
    }
    return keyOf(await statFile(fd)) === key ? hash.digest("hex") : "";
  } finally {
    await closeFile(fd);
  }
}
