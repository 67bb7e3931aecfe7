import type { Logger } from "@holdfast/engine";
import type { LeaseOptions } from "@holdfast/postgres";

/** Warns once when the lease cannot be asked for, however often it is tried, and says when it can be again. */
export function leaseLog(log: Logger): Required<Pick<LeaseOptions, "onFault" | "onAnswer">> {
  let isAnswered = true;
  return {
    onFault(cause) {
      if (!isAnswered) return;
      isAnswered = false;
      const reason = cause instanceof Error ? cause.message : String(cause);
      log.warn({ reason }, "the lease of duties cannot be taken or given back; this node does none of them");
    },
    onAnswer() {
      if (isAnswered) return;
      isAnswered = true;
      log.info({}, "the lease of duties can be asked for again");
    },
  };
}
