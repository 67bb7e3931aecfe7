import type { Notification, Severity } from "../notification.ts";

/** What a sink takes: everything that meets each of the lists that are given. */
export interface Route {
  readonly severities?: readonly Severity[];
  /** Ids of rules; one that ends with `*` stands for all that begin so. */
  readonly rules?: readonly string[];
  /** One of them suffices. */
  readonly tags?: readonly string[];
}

/** Whether the route takes the notification. */
export function takes(route: Route, { severity, ruleId, tags = [] }: Notification): boolean {
  return (
    (route.severities?.includes(severity) ?? true) &&
    (route.rules?.some((rule) => matches(rule, ruleId)) ?? true) &&
    (route.tags?.some((tag) => tags.includes(tag)) ?? true)
  );
}

function matches(rule: string, ruleId: string): boolean {
  return rule.endsWith("*") ? ruleId.startsWith(rule.slice(0, -1)) : rule === ruleId;
}
