/** Codes of Node's TLS for certificates that do not verify. */
const CERTIFICATE = /^(?:CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_)/;
const REFUSED_PASSWORD = /^(?:WRONGPASS|NOAUTH|ERR (?:invalid password|AUTH|Client sent AUTH))/;
const TOO_LATE = /^(?:Command timed out|Socket timeout|connect ETIMEDOUT)/;
/** A connection that ended without a word. */
const LOST = { message: "", code: undefined };

/** What an operator should know of an error on the way to Redis; its own text may quote what was sent. */
export function redisProblem(error: unknown): string {
  const { message: text, code } = error instanceof Error ? (error as Error & { readonly code?: unknown }) : LOST;
  if (REFUSED_PASSWORD.test(text)) return "Redis refuses the password";
  if (text.startsWith("NOPERM")) return "Redis does not let its user run the script and use its keys";
  if (TOO_LATE.test(text)) return "Redis answers too late";
  if (typeof code === "string" && CERTIFICATE.test(code)) return `the certificate of Redis does not verify (${code})`;
  if (typeof code === "string") return `Redis cannot be reached (${code})`;
  const word = /^[A-Z]{2,20}(?= )/.exec(text)?.[0];
  return word === undefined ? "Redis cannot be reached" : `Redis answers with an error (${word})`;
}
