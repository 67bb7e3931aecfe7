import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LeftOut } from "./measured.ts";

const hierarchies = "/sys/fs/cgroup";
const prefix = "holdfast-bench-";
const patienceMs = 5_000;

interface Names {
  readonly current: string;
  readonly peak: string;
  readonly anonymous: RegExp;
  readonly pageCache: RegExp;
}

const unified: Names = {
  current: "memory.current",
  peak: "memory.peak",
  anonymous: /^anon (\d+)$/m,
  pageCache: /^file (\d+)$/m,
};
const legacy: Names = {
  current: "memory.usage_in_bytes",
  peak: "memory.max_usage_in_bytes",
  anonymous: /^total_rss (\d+)$/m,
  pageCache: /^total_cache (\d+)$/m,
};

/** What the kernel charges a group of processes with: their memory, what the kernel holds for them, and files they touched. */
export interface GroupMemory {
  readonly bytes: number;
  readonly peakBytes: number;
  readonly anonymousBytes: number;
  readonly pageCacheBytes: number;
}

/** A control group of this run's own; gone when it ends. */
export class ControlGroup implements AsyncDisposable {
  readonly #path: string;
  readonly #names: Names;

  private constructor(path: string, names: Names) {
    this.#path = path;
    this.#names = names;
  }

  /** Beside or below the group of this process, so that whatever limits it limits this one too; throws LeftOut. */
  static create(): ControlGroup {
    const { parent, names } = placeOf(readFileSync("/proc/self/cgroup", "latin1"));
    removeEmpty(parent);
    const path = join(parent, `${prefix}${process.pid}`);
    try {
      mkdirSync(path);
    } catch {
      throw new LeftOut("memory of the control group (none may be made)");
    }
    if (existsSync(join(path, names.current))) return new ControlGroup(path, names);
    rmdirSync(path);
    throw new LeftOut("memory of the control group (it is not counted there)");
  }

  /** A command that moves into the group before it begins. */
  holding(command: readonly string[]): readonly string[] {
    return ["/bin/sh", "-c", 'echo $$ >"$0" && exec "$@"', join(this.#path, "cgroup.procs"), ...command];
  }

  memory(): GroupMemory {
    const stat = this.#read("memory.stat");
    const [, anonymous] = this.#names.anonymous.exec(stat) ?? [];
    const [, pageCache] = this.#names.pageCache.exec(stat) ?? [];
    return {
      bytes: Number(this.#read(this.#names.current)),
      peakBytes: Number(this.#read(this.#names.peak)),
      anonymousBytes: Number(anonymous),
      pageCacheBytes: Number(pageCache),
    };
  }

  /** Removes it once it is empty. */
  async [Symbol.asyncDispose](): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (existsSync(this.#path)) {
      try {
        rmdirSync(this.#path);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(100);
      }
    }
  }

  #read(file: string): string {
    return readFileSync(join(this.#path, file), "latin1");
  }
}

/** What runs that were cut short have left: a group that has processes cannot be removed. */
function removeEmpty(parent: string): void {
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    try {
      rmdirSync(join(parent, name));
    } catch {
      // Another run uses it.
    }
  }
}

/** Where a group may be made that counts memory. A group of the unified hierarchy that has processes has no such children. */
function placeOf(groups: string): { readonly parent: string; readonly names: Names } {
  const [, own] = /^\d+:memory:(.*)$/m.exec(groups) ?? [];
  if (own !== undefined) return { parent: join(hierarchies, "memory", own), names: legacy };
  const [, path = "/"] = /^0::(.*)$/m.exec(groups) ?? [];
  if (path === "/") throw new LeftOut("memory of the control group (there is no group beside this one)");
  return { parent: join(hierarchies, dirname(path)), names: unified };
}
