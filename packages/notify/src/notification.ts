/** Lowest first. */
export const severities = ["informational", "low", "medium", "high", "critical"] as const;

/** How bad it is. */
export type Severity = (typeof severities)[number];

/** Place of a severity in their order, 0 the lowest. */
export function rankOf(severity: Severity): number {
  return severities.indexOf(severity);
}

/** A value of a detail. */
export type Detail = string | number | null;

/** What people are told of one alert, or of several alike. Times are milliseconds since 1970. */
export interface Notification {
  /** Stays the same on every attempt and after every restart: receivers tell repetitions by it. */
  readonly id: string;
  /** The alert's place in the ledger; 0 for what is about alerting itself. */
  readonly seq: number;
  readonly severity: Severity;
  readonly title: string;
  readonly ruleId: string;
  readonly host: string;
  readonly summary: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly count: number;
  readonly details: Readonly<Record<string, Detail>>;
  /** What is known beside that, such as of the process that it names; nothing that the rule selected. */
  readonly context?: Readonly<Record<string, Detail>>;
  /** MITRE ATT&CK ids. */
  readonly attack: readonly string[];
  /** Notifications with the same key within a sink's window become one, with a count; without a key each stands alone. */
  readonly dedupKey?: string;
  /** What routes may choose by, beside severity and rule. */
  readonly tags?: readonly string[];
}
