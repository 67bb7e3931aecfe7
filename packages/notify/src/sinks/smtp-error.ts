import { NotifyError, type NotifyErrorCode } from "../errors.ts";
import { isCertificateProblem } from "../net/secure.ts";

interface Said {
  readonly code: string;
  readonly status: number;
  readonly command: string;
  readonly reason: string;
}

/**
 * What went wrong in a dialogue of SMTP. Of the server's words only the numbers are kept: a reply may repeat addresses
 * and what was sent (ATTACKS 25).
 */
export function smtpError(error: unknown, place: string): NotifyError {
  if (error instanceof NotifyError) return error;
  const said = saidBy(error);
  const answer = said.status === 0 ? "did not finish the dialogue" : `answered ${said.status}`;
  const step = said.command === "" ? "" : ` to ${said.command}`;
  const reason = said.reason === "" ? "" : ` (${said.reason})`;
  return new NotifyError(codeOf(said), `${place} ${answer}${step}${reason}`);
}

function codeOf({ code, status, command, reason }: Said): NotifyErrorCode {
  if (code === "EAUTH" || code === "ENOAUTH")
    return status >= 400 && status < 500 ? "smtp_deferred" : "smtp_unauthorized";
  if (code === "ETLS" && status !== 0) return "tls_unavailable";
  if (isCertificateProblem(reason)) return "certificate_refused";
  if (code === "ETLS") return "tls_failed";
  if (code === "ETIMEDOUT") return "response_timeout";
  if (code === "EMESSAGE" && status === 0) return "message_too_large";
  if (status >= 500 && status !== 503 && command !== "CONN") return "smtp_rejected";
  if (status >= 400) return "smtp_deferred";
  return "smtp_failed";
}

function saidBy(error: unknown): Said {
  const fields = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const { code, responseCode, command, originalCode } = fields;
  const isTls = code === "ETLS" || code === "ESOCKET";
  return {
    code: typeof code === "string" ? code : "",
    status: typeof responseCode === "number" ? responseCode : 0,
    command: typeof command === "string" ? (/^[A-Z]+(?: [A-Z]+)?/.exec(command)?.[0] ?? "") : "",
    reason: isTls && typeof originalCode === "string" ? originalCode : "",
  };
}
