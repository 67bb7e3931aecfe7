import { type FSWatcher, watch } from "node:fs";

/** Folders that the kernel is asked to tell of; the rest is looked at at its time. */
const MAX_FOLDERS = 256;

/**
 * Hears from the system that something in a folder changed. A hint only: what is not heard, such as a change by another
 * name of the same file, is found by the next look at all.
 */
export class FolderHints {
  readonly #root: string;
  readonly #watchers = new Map<string, FSWatcher>();
  #changed = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  get hasHints(): boolean {
    return this.#changed.size > 0;
  }

  /** Folders in which something changed since the last call. */
  take(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /** Listens to these folders, and to no others any more. */
  listen(folders: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#watchers) {
      if (!folders.has(folder)) this.#drop(folder, watcher);
    }
    for (const folder of folders) {
      if (this.#watchers.size >= MAX_FOLDERS) return;
      if (!this.#watchers.has(folder)) this.#add(folder);
    }
  }

  close(): void {
    this.listen(new Set());
  }

  #add(folder: string): void {
    try {
      const watcher = watch(this.#root + folder, { persistent: false }, () => void this.#changed.add(folder));
      watcher.on("error", () => this.#drop(folder, watcher));
      this.#watchers.set(folder, watcher);
    } catch {
      // Not there, or no more can be listened to: the look at all finds what changes.
    }
  }

  #drop(folder: string, watcher: FSWatcher): void {
    watcher.close();
    if (this.#watchers.get(folder) === watcher) this.#watchers.delete(folder);
  }
}
