import { lstatSync } from "node:fs";
import { StorageFault } from "../committer/storage-fault.ts";

/**
 * A database that was unlinked or replaced goes on taking writes on the old inode, and all of them are lost when the
 * process ends. So each batch looks whether the names still lead to the files that are open.
 */
export class FileGuard {
  readonly #paths: readonly string[];
  #identities: readonly string[] = [];

  constructor(path: string) {
    this.#paths = [path, `${path}-wal`];
  }

  /** Remembers the files as they are now: called when both exist and are open. */
  remember(): void {
    this.#identities = this.#paths.map(identityOf);
  }

  /** Throws `write_failed` when one of them is no longer the file that was opened. */
  check(): void {
    for (const [index, path] of this.#paths.entries()) {
      if (identityOf(path) !== this.#identities[index]) {
        throw new StorageFault("write_failed", `${path} was removed or replaced while it was in use.`);
      }
    }
  }
}

function identityOf(path: string): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "missing" : `${stat.dev}:${stat.ino}`;
}
