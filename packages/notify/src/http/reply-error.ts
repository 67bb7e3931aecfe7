import { NotifyError, type NotifyErrorCode } from "../errors.ts";
import type { Reply } from "./exchange.ts";
import { retryAfterMs } from "./retry-after.ts";

/** What an answer other than success means; undefined for any 2xx (a 201 taken for a failure is ATTACKS 46). */
export function replyError({ status, retryAfter }: Reply, place: string, nowMs: number): NotifyError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const wait = retryAfterMs(retryAfter, nowMs);
  const details = wait === undefined ? {} : { retryAfterMs: wait };
  return new NotifyError(codeOf(status), `${place} answered ${status}`, details);
}

function codeOf(status: number): NotifyErrorCode {
  if (status === 429) return "throttled";
  if (status === 401 || status === 403 || status === 407) return "http_unauthorized";
  if (status === 404 || status === 410) return "http_gone";
  if (status === 408 || status === 425 || status >= 500) return "http_failed";
  return status >= 400 ? "http_rejected" : "redirect_refused";
}
