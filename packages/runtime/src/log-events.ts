import type { CommitterEvent, Logger } from "@holdfast/engine";
import type { Metrics } from "./metrics.ts";

const USUAL_MS = 1_000;

/** What the committer tells, as metrics and as log lines for whoever has to act. */
export function logEvents(log: Logger, metrics: Metrics): (event: CommitterEvent) => void {
  const logFeed = feedLog(log);
  return (event) => {
    switch (event.kind) {
      case "batch":
        metrics.commit(event.operations, event.commitMs / 1000, event.fsyncMs / 1000);
        break;
      case "stale":
        break;
      case "contended":
        metrics.contended(event.retries);
        break;
      case "feed":
        logFeed(event);
        break;
      case "checkpoint":
        metrics.checkpoint();
        log.debug({ size: event.size }, "checkpoint issued");
        break;
      case "recovered":
        logRecovery(log, event.recovery);
        break;
      case "clock-back":
        logClock(log, event.byMs);
        break;
      case "not-published":
        log.warn({ size: event.size, detail: event.message }, "a checkpoint did not reach every place that holds it");
        break;
      case "checkpoint-failed":
      case "batch-failed":
      case "writer-lost":
      case "not-reopened":
        log.error({ ...event }, "operations could not be recorded");
    }
  };
}

/** Nodes' clocks differ a little, and a batch may wait for its turn: that much is no news. */
function logClock(log: Logger, byMs: number): void {
  const message = "the clock was set back; entries keep the later time";
  if (byMs < USUAL_MS) log.debug({ byMs }, message);
  else log.warn({ byMs }, message);
}

/** Nothing is lost without it: a node then looks for what others wrote. That it is told of them is news after that alone. */
function feedLog(log: Logger): (event: Extract<CommitterEvent, { kind: "feed" }>) => void {
  let wasLost = false;
  return ({ isListening, reason }) => {
    if (!isListening) log.warn({ reason }, "other nodes' commits are not told of; they are looked for");
    else log[wasLost ? "info" : "debug"]({}, "other nodes' commits are told of");
    wasLost = !isListening;
  };
}

function logRecovery(log: Logger, recovery: Extract<CommitterEvent, { kind: "recovered" }>["recovery"]): void {
  const { isNew, wasUnclean, head, verifiedFrom, isCheckpointMissing, durationMs } = recovery;
  const fields = { isNew, wasUnclean, size: head.size, verifiedFrom, durationMs: Math.round(durationMs) };
  if (isCheckpointMissing) log.warn(fields, "the ledger has entries and no checkpoint");
  if (wasUnclean) log.warn(fields, "the last process did not close the database; recovered what it had committed");
  else log.debug(fields, "ledger opened");
}
