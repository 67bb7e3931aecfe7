/** Whether trying again may help, and who is to blame: a sink's breaker counts only what the sink did. */
interface Meaning {
  readonly isTransient: boolean;
  readonly blames: "sink" | "message" | "nobody";
}

const passing = (blames: Meaning["blames"] = "sink"): Meaning => ({ isTransient: true, blames });
const lasting = (blames: Meaning["blames"] = "sink"): Meaning => ({ isTransient: false, blames });

/** Public and stable; a test pins the list. */
const meanings = {
  settings_invalid: lasting("nobody"),
  secret_unreadable: lasting("nobody"),
  notification_invalid: lasting("message"),
  sink_unknown: lasting("nobody"),
  notifier_closed: lasting("nobody"),
  outbox_failed: passing("nobody"),
  outbox_damaged: passing("nobody"),
  outbox_newer: lasting("nobody"),
  outbox_in_use: lasting("nobody"),

  address_refused: lasting(),
  name_unresolved: passing(),
  connect_failed: passing(),
  connect_timeout: passing(),
  tls_failed: passing(),
  tls_unavailable: lasting(),
  certificate_refused: passing(), // it may be renewed; until then nothing is sent
  response_timeout: passing(),
  response_invalid: passing(),
  redirect_refused: lasting(),
  http_rejected: lasting("message"),
  http_unauthorized: lasting(),
  http_gone: lasting(),
  http_failed: passing(),
  throttled: passing("nobody"), // a sink that asks for time is alive
  smtp_rejected: lasting("message"),
  smtp_unauthorized: lasting(),
  smtp_deferred: passing(),
  smtp_failed: passing(),
  message_too_large: lasting("message"),
  write_failed: passing(),
  write_stalled: passing(),
  pipe_broken: passing(),
  attempt_timeout: passing(),
  cancelled: passing("nobody"),
  unexpected: passing(),
} as const satisfies Record<string, Meaning>;

export type NotifyErrorCode = keyof typeof meanings;

/** Every code that this package gives, in one list. */
export const notifyErrorCodes = Object.keys(meanings) as readonly NotifyErrorCode[];

export interface NotifyErrorDetails {
  readonly cause?: unknown;
  /** How long the other side asked to be left alone. */
  readonly retryAfterMs?: number;
}

/**
 * The package's one error class. Messages name hosts, codes and limits: never a path or a query of an address (chat
 * services put their secret there), never a word that the other side said (ATTACKS 25).
 */
export class NotifyError extends Error {
  override readonly name = "NotifyError";
  readonly code: NotifyErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(code: NotifyErrorCode, message: string, details: NotifyErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Whether the same thing may go well later. */
  get isTransient(): boolean {
    return meanings[this.code].isTransient;
  }

  /** What a failure says about: the sink, this one message, or neither. */
  get blames(): Meaning["blames"] {
    return meanings[this.code].blames;
  }
}

/** Whatever was thrown, as an error of this package; a stranger's message is not repeated. */
export function asNotifyError(error: unknown): NotifyError {
  if (error instanceof NotifyError) return error;
  return new NotifyError("unexpected", `an unexpected ${nameOf(error)}`, { cause: error });
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "value was thrown";
  const code = "code" in error && typeof error.code === "string" ? ` ${error.code.slice(0, 64)}` : "";
  return `${error.name}${code}`;
}
