import type { NotifyErrorCode } from "../errors.ts";
import type { Notification } from "../notification.ts";

/** The ways of telling people and programs. */
export const sinkKinds = ["webhook", "slack", "teams", "smtp", "syslog", "stdout"] as const;

export type SinkKind = (typeof sinkKinds)[number];

/** Where notifications go. */
export interface Sink {
  readonly name: string;
  readonly kind: SinkKind;
  /** Sends one notification; throws a NotifyError, which says whether trying again may help. */
  send(notification: Notification, signal: AbortSignal): Promise<Sent>;
  /** Goes as far as can be gone without sending one; never throws. */
  check(signal: AbortSignal): Promise<Health>;
}

export interface Sent {
  /** Whether the other side said that it has it; what speaks syslog over UDP never does. */
  readonly isConfirmed: boolean;
  /** Recipients of a mail that were refused for good, while others were accepted. */
  readonly refusedRecipients?: number;
}

/** How far a check came. `unconfirmed`: it could be sent to, and nobody ever answers there. */
export type Reached = "connected" | "authenticated" | "writable" | "unconfirmed";

export type Health =
  | { readonly isHealthy: true; readonly reached: Reached }
  | { readonly isHealthy: false; readonly code: NotifyErrorCode; readonly message: string };
