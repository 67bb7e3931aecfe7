import { readFileSync } from "node:fs";
import { AuditControl } from "./control.ts";
import { type AuditRule, auditRules, keyOfRule } from "./rule.ts";
import type { AuditStatus } from "./status.ts";
import { parseStat } from "../look-at-process.ts";

const KEY = "holdfast-agent";
/** The kernel's 64 records are less than one busy moment; programs wait when there is no room. */
const BACKLOG_LIMIT = 8192;
const LOCKED = 2;

/** Our rules and settings in the kernel's audit system, and what was there before. */
export class AuditRules {
  readonly #control = new AuditControl();
  readonly #rules: readonly AuditRule[];
  readonly #key: string;
  #before: AuditStatus | undefined;
  #added: Buffer[] = [];
  readonly #onExit = (): void => this.#control.removeNow(this.#added);

  constructor() {
    this.#key = `${KEY}.${process.pid}.${startTicksOf(process.pid)}`;
    this.#rules = auditRules(this.#key, process.pid);
  }

  /** Puts the rules in place, behind those of others; throws when the kernel or its administrator does not allow it. */
  async begin(): Promise<void> {
    const status = await this.#control.status();
    if (status.enabled === LOCKED) throw new Error("the audit rules of this host are locked until its next boot");
    await this.#removeLeftBehind();
    this.#before = status;
    process.once("exit", this.#onExit);
    await this.#addMissing([]);
    // Even if it is on: another agent that is about to end may switch it off.
    await this.#control.set({ enabled: 1 });
    // With a daemon it is the administrator's setting.
    const isOurs = status.daemon === 0 && status.backlogLimit < BACKLOG_LIMIT;
    if (isOurs) await this.#control.set({ backlogLimit: BACKLOG_LIMIT });
  }

  /** Puts back what others removed: how many rules, and the kernel's count of lost records. Rejects when it is off. */
  async check(): Promise<{ removed: number; lost: number }> {
    const status = await this.#control.status();
    if (status.enabled === 0) throw new Error("the audit system was switched off");
    const present = await this.#control.rules();
    const removed = await this.#addMissing(present);
    return { removed, lost: status.lost };
  }

  /** Leaves the audit system as it was; what cannot be removed now is removed at the next start. */
  async end(): Promise<void> {
    process.off("exit", this.#onExit);
    try {
      if (this.#before === undefined) return;
      for (const rule of this.#added) await this.#control.remove(rule);
      await this.#restore(this.#before);
    } catch {
      // Nobody is left to be told.
    } finally {
      this.#added = [];
      this.#control.close();
    }
  }

  /** Settings stay while somebody else has rules or is the daemon: they may count on them by now. */
  async #restore({ enabled, backlogLimit, daemon }: AuditStatus): Promise<void> {
    const now = await this.#control.status();
    if (daemon !== 0 || now.daemon !== 0 || (await this.#control.rules()).length > 0) return;
    if (now.backlogLimit === BACKLOG_LIMIT) await this.#control.set({ backlogLimit });
    if (enabled !== 0 || now.enabled !== 1) return;
    await this.#control.set({ enabled: 0 });
    // Whoever came meanwhile put the rules in place first, and switched it on then.
    if ((await this.#control.rules()).length > 0) await this.#control.set({ enabled: 1 });
  }

  /** Returns how many of those that were added before had gone. */
  async #addMissing(present: readonly Buffer[]): Promise<number> {
    const missing = this.#added.length - present.filter((rule) => keyOfRule(rule) === this.#key).length;
    if (this.#added.length > 0 && missing <= 0) return 0;
    this.#added = [];
    for (const { bytes, isRequired } of this.#rules) {
      if (await this.#control.add(bytes)) this.#added.push(bytes);
      else if (isRequired) throw new Error("the audit system refuses a rule");
    }
    return Math.max(missing, 0);
  }

  /** Rules of agents that were killed: they would slow the host down for nobody. */
  async #removeLeftBehind(): Promise<void> {
    for (const rule of await this.#control.rules()) {
      if (isLeftBehind(keyOfRule(rule))) await this.#control.remove(rule);
    }
  }
}

/** Whether a key is one of ours whose process is gone, or has left its number to another one. */
export function isLeftBehind(key: string | undefined, startTicks = startTicksOf): boolean {
  const [, pid, start] = new RegExp(`^${KEY}\\.(\\d+)\\.(\\d+)$`).exec(key ?? "") ?? [];
  return pid !== undefined && startTicks(Number(pid)) !== start;
}

function startTicksOf(pid: number): string | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"))?.startTicks.toString();
  } catch {
    return undefined;
  }
}
