import { randomBytes } from "node:crypto";

const boot = randomBytes(6).toString("hex");
let count = 0;

/** Unique to this process and cheap: request ids need not be secret, only findable. */
export function nextRequestId(): string {
  count += 1;
  return `${boot}-${count.toString(36)}`;
}

const OWN_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The caller's own id when it is one that may stand in headers and logs, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === "string" && OWN_ID.test(header) ? header : nextRequestId();
}

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Trace id of a W3C `traceparent` header; anything malformed is as good as none. */
export function traceOf(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? TRACEPARENT.exec(header)?.[1] : undefined;
}
