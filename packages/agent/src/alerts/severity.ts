/** Severities from the least to the worst; a row keeps the place in this list, so that it can be compared. */
export const severities = ["informational", "low", "medium", "high", "critical"] as const;

export type Severity = (typeof severities)[number];

export const rankOf = (severity: Severity): number => severities.indexOf(severity);

export const severityOf = (rank: number): Severity => severities[rank] ?? "critical";
