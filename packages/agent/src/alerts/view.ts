import type { Alert as AlertView, AlertWithDetails, Silence as SilenceView } from "@holdfast/contract/types";
import type { Silence } from "./silences.ts";
import type { Alert } from "./store.ts";

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** An alert as lists show it. */
export function alertView(alert: Alert): AlertView {
  const { id, state, severity, title, rule, host, dedupKey, count, summary, acknowledged, silencedBy, note } = alert;
  return {
    id,
    state,
    severity,
    title,
    rule,
    host,
    dedupKey,
    count,
    firstSeenAt: isoTime(alert.firstSeen),
    lastSeenAt: isoTime(alert.lastSeen),
    summary,
    ...(silencedBy !== undefined && { silencedBy }),
    ...(acknowledged !== undefined && {
      acknowledgedAt: isoTime(acknowledged.at),
      acknowledgedBy: acknowledged.by,
    }),
    ...(note !== undefined && { note }),
  };
}

/** The whole of it. */
export function alertWithDetails(alert: Alert): AlertWithDetails {
  const { description, falsePositives, attack, details, context } = alert;
  const more = Object.keys(context).length === 0 ? {} : { context };
  return { ...alertView(alert), description, falsePositives, attack, details, ...more };
}

/** A silence as callers see it. */
export function silenceView({ id, rule, dedupKey, note, createdAt, createdBy, expiresAt }: Silence): SilenceView {
  return {
    id,
    ...(rule !== undefined && { rule }),
    ...(dedupKey !== undefined && { dedupKey }),
    note,
    createdAt: isoTime(createdAt),
    createdBy,
    expiresAt: isoTime(expiresAt),
  };
}
