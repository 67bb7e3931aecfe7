import type { EventStore, LossTally, RowChange } from "../../events/index.ts";
import type { Collector } from "../collector.ts";
import type { FileHashes } from "../file-hashes.ts";
import { compareLooks, type FileChange, fileEventRow } from "./compare-looks.ts";
import { expand } from "./expand.ts";
import { type FileLook, fileRow, lookAtFile, lookOfRow } from "./file-look.ts";
import { FolderHints } from "./folder-hints.ts";
import { fitsPattern } from "./pattern.ts";
import type { FileWatch } from "./watches.ts";

const DEFAULT_INTERVAL_SECONDS = 60;
const DEFAULT_MAX_FILES = 10_000;
const HINTS_EVERY_MS = 2_000;
const DEADLINE_SECONDS = 120;
/** Name under which the store remembers which patterns had been looked at. */
const LOOKED_AT = "file_patterns";

/** What files are watched, and what is known of them from before. */
export interface FileCollectorOptions {
  readonly watches: readonly FileWatch[];
  readonly store: Pick<EventStore, "read" | "recall" | "remember">;
  readonly hashes: FileHashes;
  readonly losses: LossTally;
  /** Folder that stands for `/`. */
  readonly root: string;
  readonly intervalSeconds?: number | undefined;
  readonly maxFiles?: number;
  readonly now?: () => number;
  readonly monotonicMs?: () => number;
}

interface Wanted {
  readonly watch: FileWatch;
  readonly pattern: string;
}

/** Files under watch: as they are, and what happens to them, that which happened while the agent was off included. */
export class FileCollector implements Collector {
  readonly name = "file";
  readonly intervalSeconds: number;
  readonly deadlineSeconds = DEADLINE_SECONDS;
  readonly #options: FileCollectorOptions;
  readonly #hints: FolderHints;
  readonly #monotonicMs: () => number;
  #watches: readonly FileWatch[];
  #known: Map<string, FileLook> | undefined;
  /** Patterns that were looked at before: what only a new one names was not created just now. */
  #lookedAt: ReadonlySet<string> = new Set();
  #isFirst = true;
  /** When all of them were looked at, and when any were. */
  #allAtMs = Number.NEGATIVE_INFINITY;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: FileCollectorOptions) {
    this.#options = options;
    this.#watches = options.watches;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.intervalSeconds = options.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
    this.#hints = new FolderHints(options.root);
  }

  /** Something changed, and the last look is not just over. */
  isDue(): boolean {
    return this.#hints.hasHints && this.#monotonicMs() - this.#lastAtMs >= HINTS_EVERY_MS;
  }

  /** Other files are watched from the next look on; it is made at once. */
  setWatches(watches: readonly FileWatch[]): void {
    this.#watches = watches;
    this.#allAtMs = Number.NEGATIVE_INFINITY;
  }

  async collect(signal: AbortSignal): Promise<readonly RowChange[]> {
    const before = this.#known ?? this.#recall();
    const isWhileOff = this.#isFirst;
    const hints = this.#hints.take();
    const startedAtMs = this.#monotonicMs();
    const isFull = startedAtMs - this.#allAtMs >= this.intervalSeconds * 1_000;
    const isToBeLookedAt = (path: string): boolean => isFull || hints.has(folderOf(path));
    const now = await this.#lookAtAll(before, isToBeLookedAt, signal);
    const changes = this.#changes(before, now, isWhileOff);
    this.#known = now.looks;
    this.#isFirst = false;
    if (isFull) this.#allAtMs = startedAtMs;
    this.#lastAtMs = this.#monotonicMs();
    this.#rememberPatterns();
    const seconds = Math.floor((this.#options.now ?? Date.now)() / 1_000);
    return [
      ...changes.map((change) => ({ table: "file_events", row: fileEventRow(change, seconds) })),
      { table: "file", snapshot: [...now.looks].map(([path, look]) => fileRow(path, look)) },
    ];
  }

  close(): void {
    this.#hints.close();
  }

  /** What an earlier run saw. */
  #recall(): Map<string, FileLook> {
    const { store } = this.#options;
    this.#lookedAt = new Set(JSON.parse(store.recall(LOOKED_AT) ?? "[]") as string[]);
    const columns = ["path", "type", "symlink", "inode", "device", "uid", "gid", "mode", "size", "mtime", "ctime"];
    const rows = store.read("file", [...columns, "hard_links", "sha256", "category"]);
    return new Map(rows.map((row) => [String(row["path"]), lookOfRow(row)]));
  }

  #rememberPatterns(): void {
    const patterns = this.#watches.flatMap(({ paths }) => paths);
    if (patterns.length === this.#lookedAt.size && patterns.every((pattern) => this.#lookedAt.has(pattern))) return;
    this.#lookedAt = new Set(patterns);
    this.#options.store.remember({ [LOOKED_AT]: JSON.stringify([...this.#lookedAt]) });
  }

  async #lookAtAll(
    before: ReadonlyMap<string, FileLook>,
    isToBeLookedAt: (path: string) => boolean,
    signal: AbortSignal,
  ): Promise<{ looks: Map<string, FileLook>; patterns: Map<string, string> }> {
    const looks = new Map<string, FileLook>();
    const folders = new Set<string>();
    const wanted = await this.#wanted(folders, signal);
    for (const [path, each] of wanted) {
      signal.throwIfAborted();
      const known = before.get(path);
      const look = known !== undefined && !isToBeLookedAt(path) ? known : await this.#look(path, each, known);
      if (look !== undefined) looks.set(path, look);
    }
    await this.#keepUnseen(before, wanted, looks);
    this.#hints.listen(folders);
    return { looks, patterns: new Map([...wanted].map(([path, { pattern }]) => [path, pattern])) };
  }

  /** Every path that a watch names, under the first that does. */
  async #wanted(folders: Set<string>, signal: AbortSignal): Promise<Map<string, Wanted>> {
    const { root, maxFiles = DEFAULT_MAX_FILES, losses } = this.#options;
    const wanted = new Map<string, Wanted>();
    for (const watch of this.#watches) {
      const onFolder = watch.watchesContent === false ? () => {} : (folder: string) => void folders.add(folder);
      for (const pattern of watch.paths) {
        for await (const path of expand(pattern, { root, maxFiles, signal, onFolder })) {
          if (wanted.has(path) || isExcluded(watch, path)) continue;
          if (wanted.size >= maxFiles) {
            losses.add("collector", this.name, "too_many", 1);
            return wanted;
          }
          wanted.set(path, { watch, pattern });
        }
      }
    }
    return wanted;
  }

  async #look(path: string, { watch }: Wanted, before: FileLook | undefined): Promise<FileLook | undefined> {
    const { root, hashes, losses } = this.#options;
    const { category, watchesContent = true } = watch;
    try {
      // What the store has is known to the second only, and its content is looked at again.
      const known = this.#isFirst ? undefined : before;
      return await lookAtFile(root + path, { hashes, category, watchesContent, before: known });
    } catch {
      // Not readable is not gone.
      losses.add("collector", this.name, "unreadable", before === undefined ? 0 : 1);
      return before;
    }
  }

  /** A folder that cannot be listed names nothing: what was known of in it is gone only when it is not there. */
  async #keepUnseen(
    before: ReadonlyMap<string, FileLook>,
    wanted: ReadonlyMap<string, Wanted>,
    looks: Map<string, FileLook>,
  ): Promise<void> {
    for (const [path, known] of before) {
      const watch = wanted.has(path) ? undefined : this.#watchOf(path);
      if (watch === undefined) continue;
      const look = await this.#look(path, { watch, pattern: "" }, known);
      if (look !== undefined) looks.set(path, look);
    }
  }

  /** The watch that means this path, whether something is there or not. */
  #watchOf(path: string): FileWatch | undefined {
    return this.#watches.find(
      (watch) => watch.paths.some((pattern) => fitsPattern(pattern, path)) && !isExcluded(watch, path),
    );
  }

  #changes(
    before: ReadonlyMap<string, FileLook>,
    { looks, patterns }: { looks: ReadonlyMap<string, FileLook>; patterns: ReadonlyMap<string, string> },
    isWhileOff: boolean,
  ): FileChange[] {
    const changes: FileChange[] = [];
    for (const path of new Set([...before.keys(), ...looks.keys()])) {
      const [then, now] = [before.get(path), looks.get(path)];
      const action = then === now ? undefined : compareLooks(then, now, !isWhileOff);
      // Nearly always: what follows is dear.
      if (action === undefined) continue;
      const isNews =
        action === "CREATED" ? this.#lookedAt.has(patterns.get(path) ?? "") : this.#watchOf(path) !== undefined;
      if (isNews) changes.push({ path, action, before: then, now, isWhileOff });
    }
    return changes;
  }
}

function isExcluded({ excludes = [] }: FileWatch, path: string): boolean {
  return excludes.some((pattern) => fitsPattern(pattern, path));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
