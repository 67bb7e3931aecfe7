import type { ServerResponse } from "node:http";

/** Aborted when the client goes away before its answer was sent. */
export function abortSignalOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const abortUnanswered = () => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.destroyed) abortUnanswered();
  else response.once("close", abortUnanswered);
  return controller.signal;
}
