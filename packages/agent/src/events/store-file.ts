import { lstatSync, readdirSync, renameSync, rmSync, type Stats } from "node:fs";
import { basename, dirname, join } from "node:path";

/** SQLite's files beside the database: a log or an index of another database would be taken for its own. */
const COMPANIONS = ["-wal", "-shm", "-journal"];
/** What was put aside is evidence, and as large as the store: one is kept. */
const ASIDE_KEPT = 1;

/** The database's file by its name: whether it is still the one that is open, how large it is, and how it is put aside. */
export class StoreFile {
  readonly path: string;
  #identity: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Remembers the file that is open now. */
  remember(): void {
    this.#identity = fileIdentity(this.path);
  }

  /** False when it was unlinked or replaced: SQLite would go on writing to a file that nobody can find any more. */
  get isSame(): boolean {
    return fileIdentity(this.path) === this.#identity;
  }

  /** True when there is something at the name that is no file of its own: a link, a pipe, a folder. */
  get isForeign(): boolean {
    const stat = statOf(this.path);
    return stat !== undefined && !stat.isFile();
  }

  /** Bytes of the database and of its write-ahead log. */
  get bytes(): number {
    return (statOf(this.path)?.size ?? 0) + this.walBytes;
  }

  get walBytes(): number {
    return statOf(`${this.path}-wal`)?.size ?? 0;
  }

  /** Gives what stands at the name another one, and removes what was put aside before; returns that name. */
  setAside(unixMs: number): string {
    const aside = `${this.path}.aside-${unixMs}`;
    for (const suffix of ["", ...COMPANIONS]) {
      if (statOf(this.path + suffix) !== undefined) renameSync(this.path + suffix, aside + suffix);
    }
    this.#dropOlder();
    return aside;
  }

  #dropOlder(): void {
    const folder = dirname(this.path);
    const prefix = `${basename(this.path)}.aside-`;
    const stamps = new Set(
      readdirSync(folder)
        .filter((name) => name.startsWith(prefix))
        .map((name) => Number.parseInt(name.slice(prefix.length), 10))
        .filter((stamp) => !Number.isNaN(stamp)),
    );
    for (const stamp of [...stamps].sort((a, b) => b - a).slice(ASIDE_KEPT)) {
      for (const suffix of ["", ...COMPANIONS]) rmSync(join(folder, `${prefix}${stamp}${suffix}`), { force: true });
    }
  }
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function fileIdentity(path: string): string | undefined {
  const stat = statOf(path);
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}
