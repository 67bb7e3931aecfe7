import type { Page, PageAnswer } from "@holdfast/engine";

/** What readiness depends on; liveness depends on nothing. */
export interface Readiness {
  /** Why the process cannot take operations now; undefined when it can. */
  notReady(): string | undefined;
}

/** Pages that are no operations: they hold nothing of a tenant's, and are counted rather than recorded. */
export function probePages(readiness: Readiness, metrics: () => Promise<string>): Readonly<Record<string, Page>> {
  return {
    // Never waits for storage: a stalled disk must not look like a dead process.
    "/healthz": () => text(200, "ok\n"),
    "/readyz": () => {
      const reason = readiness.notReady();
      return reason === undefined ? text(200, "ready\n") : text(503, `not ready: ${reason}\n`);
    },
    "/metrics": async () => ({
      status: 200,
      mediaType: "text/plain; version=0.0.4; charset=utf-8",
      body: await metrics(),
    }),
  };
}

const text = (status: number, body: string): PageAnswer => ({ status, mediaType: "text/plain; charset=utf-8", body });
