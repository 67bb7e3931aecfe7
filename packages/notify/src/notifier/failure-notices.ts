import { randomUUID } from "node:crypto";
import type { Notification } from "../notification.ts";
import type { SinkFailure } from "./hooks.ts";

const LEAST_MS_BETWEEN = 5 * 60_000;

interface Told {
  readonly at: number;
  /** Failures since, that were not told. */
  readonly since: number;
}

/** Tells of each sink's failures once in a while only, with how many there were since. */
export class FailureNotices {
  readonly #told = new Map<string, Told>();

  /** How many failures to tell of now, this one among them; undefined when it was told a short while ago. */
  admit(sink: string, count: number, steadyMs: number): number | undefined {
    const told = this.#told.get(sink);
    if (told !== undefined && steadyMs - told.at < LEAST_MS_BETWEEN) {
      this.#told.set(sink, { ...told, since: told.since + count });
      return undefined;
    }
    this.#told.set(sink, { at: steadyMs, since: 0 });
    return count + (told?.since ?? 0);
  }
}

/** What another sink tells of one that fails. */
export function failureNotice(
  failure: Omit<SinkFailure, "toldThrough">,
  count: number,
  host: string,
  wallMs: number,
): Notification {
  const { sink, cause, code, message } = failure;
  return {
    id: `sink-failure-${randomUUID()}`,
    seq: 0,
    severity: "high",
    title: `Alert sink ${sink} fails`,
    ruleId: "holdfast.sink-failure",
    host,
    summary: `${sentences[cause]} ${message}`.trim(),
    firstSeenAt: wallMs,
    lastSeenAt: wallMs,
    count,
    details: { sink, cause, ...(code !== undefined && { code }) },
    attack: [],
    tags: ["holdfast"],
  };
}

const sentences: Readonly<Record<SinkFailure["cause"], string>> = {
  breaker_opened: "It failed several times in a row; what it was to tell waits.",
  dead_letter: "Alerts were given up; they are kept as dead letters.",
  queue_full: "It falls behind; the oldest alerts of the lowest severity became dead letters.",
  recipients_refused: "Some recipients of a mail were refused for good.",
  sink_removed: "It is no longer configured; what waited for it became dead letters.",
};
