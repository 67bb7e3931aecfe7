import type { DeadLetter as LetterView, Sink as SinkView } from "@holdfast/contract/types";
import type { DeadLetter, SinkReading, SinkSettings } from "@holdfast/notify";
import { targetOf } from "./target.ts";

const MAX_TEXT = 1024;

/** A sink as lists show it. */
export function sinkView(reading: SinkReading, settings: SinkSettings | undefined): SinkView {
  const { name, kind, breaker, queued, sending, dead, oldestQueuedAt, lastSentAt, lastFailure } = reading;
  return {
    name,
    kind,
    target: settings === undefined ? "not configured any more" : targetOf(settings),
    state: stateOf(reading),
    breaker,
    queued: queued + sending,
    deadLetters: dead,
    ...(oldestQueuedAt !== undefined && { oldestQueuedAt: isoTime(oldestQueuedAt) }),
    ...(lastSentAt !== undefined && { lastDeliveredAt: isoTime(lastSentAt) }),
    ...(lastFailure !== undefined && {
      lastError: `${lastFailure.code}: ${lastFailure.message}`.slice(0, MAX_TEXT),
      lastErrorAt: isoTime(lastFailure.at),
    }),
  };
}

function stateOf({ breaker, isPaused, lastSentAt, lastFailure }: SinkReading): SinkView["state"] {
  if (isPaused || breaker === "open") return "paused";
  return lastFailure !== undefined && lastFailure.at > (lastSentAt ?? 0) ? "failing" : "healthy";
}

/** A dead letter as lists show it; one that cannot be read says what is known of it. */
export function letterView(letter: DeadLetter): LetterView {
  const { id, sink, notification, reason, attempts, queuedAt, deadAt, lastError } = letter;
  return {
    id: String(id),
    sink,
    ...(notification !== undefined && {
      alert: notification.id.slice(0, 128),
      severity: notification.severity,
      title: notification.title.slice(0, 256),
    }),
    reason,
    attempts,
    queuedAt: isoTime(queuedAt),
    failedAt: isoTime(deadAt),
    ...(lastError !== undefined && { lastError: lastError.slice(0, MAX_TEXT) }),
  };
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
