import { type Severity, severities } from "@holdfast/rules";

/** A row keeps the place of a severity in the list, so that it can be compared. */
export const rankOf = (severity: Severity): number => severities.indexOf(severity);

export const severityOf = (rank: number): Severity => severities[rank] ?? "critical";
