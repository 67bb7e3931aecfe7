import { hash } from "node:crypto";
import type { Cell } from "./protocol.ts";

/** A rule, or a query of a pack, as the scheduler runs it. Whoever schedules gets its own object back. */
export interface ScheduledRule {
  readonly id: string;
  /** As it was admitted. */
  readonly statement: {
    readonly sql: string;
    readonly parameters: readonly Cell[];
    readonly tables: readonly string[];
    readonly isAggregate: boolean;
  };
  /** `tick`: whenever there are new rows in a table that it reads; `every`: after so many seconds, new rows or not. */
  readonly schedule: { readonly kind: "tick" } | { readonly kind: "every"; readonly seconds: number };
  /** Looks at the events of so many seconds instead of at new ones only. */
  readonly windowSeconds?: number;
  /** Reports how its result differs from the one before, instead of the result. */
  readonly isDifferential?: boolean;
  readonly timeoutMs?: number;
  readonly maxRows?: number;
}

const fingerprints = new WeakMap<ScheduledRule, string>();

/** Stands for everything that changes what a rule finds: one that reads differently is another rule, with a clean record. */
export function fingerprintOf(rule: ScheduledRule): string {
  const known = fingerprints.get(rule);
  if (known !== undefined) return known;
  const { statement, windowSeconds, isDifferential } = rule;
  const text = JSON.stringify([statement.sql, statement.parameters, windowSeconds ?? null, isDifferential ?? false]);
  const fingerprint = hash("sha256", text, "hex").slice(0, 32);
  fingerprints.set(rule, fingerprint);
  return fingerprint;
}
