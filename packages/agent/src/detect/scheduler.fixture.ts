import { ruleTables } from "@holdfast/rules";
import type { EventFile } from "./events.fixture.ts";
import type { RunResult, Statement } from "./job.ts";
import type { Changed, Found } from "./judge.ts";
import type { DetectionMetrics } from "./metrics.ts";
import type { Memory } from "./rule-memory.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";
import { Scheduler, type SchedulerOptions, type SchedulerReports } from "./scheduler.ts";

/** Where a scheduler remembers; what was not written before it died is not there. */
export class KeptMemory implements Memory {
  readonly values = new Map<string, string>();
  readonly writes: string[][] = [];
  isFull = false;

  recall(name: string): string | undefined {
    return this.values.get(name);
  }

  remember(values: Readonly<Record<string, string>>): void {
    if (this.isFull) throw new Error("The disk is full.");
    this.writes.push(Object.keys(values));
    for (const [name, value] of Object.entries(values)) this.values.set(name, value);
  }
}

/** Everything that a scheduler tells, in order. */
export class Told implements SchedulerReports<ScheduledRule>, DetectionMetrics {
  readonly found: (Found & { readonly rule: string })[] = [];
  readonly changed: (Changed & { readonly rule: string })[] = [];
  readonly failures: string[] = [];
  readonly disablings: string[] = [];
  readonly errors: string[] = [];
  readonly notRememberedFor: string[] = [];
  readonly observed: string[] = [];
  /** Whether findings cannot be recorded. */
  isBroken = false;

  async findings(rule: ScheduledRule, found: Found): Promise<void> {
    if (this.isBroken) throw new Error("not recorded");
    this.found.push({ rule: rule.id, ...found });
  }

  async changes(rule: ScheduledRule, changed: Changed): Promise<void> {
    if (this.isBroken) throw new Error("not recorded");
    this.changed.push({ rule: rule.id, ...changed });
  }

  failed(rule: ScheduledRule, error: Error): void {
    this.failures.push(`${rule.id}: ${error.message}`);
  }

  disabled(rule: ScheduledRule, reason: string): void {
    this.disablings.push(`${rule.id}: ${reason}`);
  }

  notRemembered(error: Error): void {
    this.notRememberedFor.push(error.message);
  }

  observeRun(ruleId: string): void {
    this.observed.push(ruleId);
  }

  countError(ruleId: string, code: string): void {
    this.errors.push(`${ruleId}: ${code}`);
  }

  /** Values of a column that a rule found, in order. */
  column(rule: string, column: string): unknown[] {
    return this.found.filter((one) => one.rule === rule).flatMap(({ rows }) => rows.map((row) => row[column]));
  }
}

export function ruleOf(
  id: string,
  sql: string,
  over: Partial<ScheduledRule> & { tables?: readonly string[] } = {},
): ScheduledRule {
  const tables =
    over.tables ?? ruleTables.map(({ name }) => name).filter((name) => new RegExp(`\\b${name}\\b`).test(sql));
  const statement = { sql, parameters: [], tables, isAggregate: /\b(count|max)\(/.test(sql) };
  return { id, statement, schedule: { kind: "tick" }, ...over };
}

export interface World {
  readonly scheduler: Scheduler<ScheduledRule>;
  readonly told: Told;
  readonly memory: KeptMemory;
  /** Seconds; moves on by one with each tick. */
  now: number;
  tick(): Promise<{ readonly judged: number; readonly failed: number }>;
}

/** A scheduler over an event store, with what it tells. */
export function worldOf(
  events: EventFile,
  run: (statement: Statement) => Promise<RunResult>,
  over: Partial<SchedulerOptions<ScheduledRule>> & {
    readonly told?: Told;
    readonly memory?: KeptMemory;
    readonly now?: never;
  } = {},
): World {
  const { told = new Told(), memory = new KeptMemory(), ...options } = over;
  const scheduler = new Scheduler<ScheduledRule>({
    tables: ruleTables,
    source: {
      get head() {
        return events.head;
      },
      headOf: (table) => events.headOf(table),
    },
    memory,
    run,
    reports: told,
    metrics: told,
    now: () => world.now * 1_000,
    ...options,
  });
  const world: World = {
    scheduler,
    told,
    memory,
    now: 1_000,
    tick: () => {
      world.now++;
      return scheduler.tick();
    },
  };
  return world;
}
