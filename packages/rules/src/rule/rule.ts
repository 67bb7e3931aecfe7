import type { Profile } from "../sql/profile.ts";

/** From the least to the most. */
export const severities = ["informational", "low", "medium", "high", "critical"] as const;

export type Severity = (typeof severities)[number];

/** When a rule runs: at every tick, or every so many seconds. */
export type Schedule = { readonly kind: "tick" } | { readonly kind: "every"; readonly seconds: number };

/** A row that a test puts into a table; columns that it does not name hold what is not known. */
export interface TestRow {
  readonly table: string;
  readonly row: Readonly<Record<string, string | number>>;
}

export interface RuleTest {
  readonly name: string;
  readonly rows: readonly TestRow[];
}

/** Where a rule of somebody else comes from; it is shown with the rule. */
export interface RuleSource {
  readonly kind: "sigma";
  readonly id?: string;
  readonly author?: string;
  readonly license?: string;
  readonly references: readonly string[];
}

/** A rule as its file says. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly description: string;
  readonly sql: string;
  readonly profile?: Profile;
  readonly schedule: Schedule;
  /** Rows of the last so many seconds are judged, instead of those that are new. */
  readonly windowSeconds?: number;
  /** Finds how the whole result differs from the one before, instead of its rows: what came and what went. */
  readonly isDifferential?: true;
  /** Result columns that tell one finding from another; none: all of them. */
  readonly dedup: readonly string[];
  /** MITRE ATT&CK ids. */
  readonly attack: readonly string[];
  readonly falsePositives: readonly string[];
  readonly tests: { readonly match: readonly RuleTest[]; readonly noMatch: readonly RuleTest[] };
  readonly source?: RuleSource;
}

/** Bounds of what a rule says; they are those of the alerts that repeat it. */
export const ruleLimits = {
  id: 128,
  title: 256,
  description: 4_096,
  note: 1_024,
  list: 64,
  tests: 64,
  testRows: 256,
  /** Columns of a finding. */
  columns: 64,
  everySeconds: 86_400,
  windowSeconds: 604_800,
} as const;
