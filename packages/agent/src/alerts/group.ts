import type { Finding } from "./finding.ts";

/** Findings of one rule with one key that came together. */
export interface Group {
  /** The first of them; its row is what the alert shows. */
  readonly first: Finding;
  readonly count: number;
  readonly lastFoundAt: number;
  readonly lastRow: number;
}

export const groupKeyOf = ({ rule, dedupKey }: Pick<Finding, "rule" | "dedupKey">): string =>
  `${rule.id}\u0000${dedupKey}`;

/** Findings by rule and key, in the order of their first. */
export function grouped(findings: readonly Finding[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const key = groupKeyOf(finding);
    groups.set(key, joined(groups.get(key), groupOf(finding)));
  }
  return groups;
}

const groupOf = (first: Finding): Group => ({
  first,
  count: 1,
  lastFoundAt: first.foundAt,
  lastRow: first.row,
});

/** Two groups of one key as one. */
export function joined(earlier: Group | undefined, later: Group): Group {
  if (earlier === undefined) return later;
  return {
    first: earlier.first,
    count: earlier.count + later.count,
    lastFoundAt: Math.max(earlier.lastFoundAt, later.lastFoundAt),
    lastRow: Math.max(earlier.lastRow, later.lastRow),
  };
}
