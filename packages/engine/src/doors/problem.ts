import type { Refusal, RefusalCode } from "../errors.ts";

/** Row of the contract's table of problems: what a code means to a caller. */
interface ProblemMeaning {
  readonly status: number;
  readonly preconditionStatus?: number;
  readonly title: string;
  readonly hint: string;
}

export type Problems = Readonly<Record<RefusalCode, ProblemMeaning>>;

/** The one place where a refusal becomes an HTTP status and an RFC 9457 document. */
export function problemOf(
  problems: Problems,
  refusal: Refusal,
  requestId: string,
): { readonly status: number; readonly body: string } {
  const meaning = problems[refusal.code];
  const status =
    refusal.details.precondition === true ? (meaning.preconditionStatus ?? meaning.status) : meaning.status;
  const body = JSON.stringify({
    type: `urn:holdfast:problem:${refusal.code}`,
    title: meaning.title,
    status,
    code: refusal.code,
    detail: refusal.message,
    hint: refusal.details.hint ?? meaning.hint,
    requestId,
    errors: refusal.details.errors,
  });
  return { status, body };
}
