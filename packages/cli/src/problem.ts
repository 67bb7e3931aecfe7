import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** What the CLI reads of a problem+json answer (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly title?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly message?: string; readonly position?: object }[];
}

const byCode: Readonly<Record<string, ExitCode>> = {
  path_not_canonical: exitCodes.usage,
  query_refused: exitCodes.usage,
  rate_limited: exitCodes.busy,
  overloaded: exitCodes.busy,
  busy: exitCodes.busy,
  sealed: exitCodes.busy,
  storage_failed: exitCodes.failed,
};

const byStatus: Readonly<Record<number, ExitCode>> = {
  401: exitCodes.denied,
  403: exitCodes.denied,
  404: exitCodes.notFound,
  409: exitCodes.conflict,
  412: exitCodes.conflict,
  429: exitCodes.busy,
  503: exitCodes.busy,
};

/** Where a command says more than the server can know. */
const hints: Readonly<Record<string, string>> = {
  unauthenticated: "set HOLDFAST_TOKEN with an explicit HOLDFAST_ADDR or HOLDFAST_SOCKET",
  forbidden: "see which rule decided: holdfast why <resource>:<path>:<action>",
  deleted: "bring it back: holdfast undelete <path>",
  version_mismatch: "read it again and repeat with the current version in --cas",
};

/**
 * The failure that stands for a server's refusal. Where storage failed, whoever only reads may just try again; whether a
 * change stands may not be known.
 */
export function failureOfProblem(problem: Problem, isRead: boolean): Failure {
  if (problem.code === "invalid_input" && isMisnamed(problem)) return misnamed(problem);
  const isBusy = isRead && problem.code === "storage_failed";
  const exitCode = isBusy ? exitCodes.busy : (byCode[problem.code] ?? byStatus[problem.status] ?? exitCodes.failed);
  return new Failure(exitCode, sentenceOf(problem), hints[problem.code] ?? problem.hint, problem.code);
}

/** A part of the address that an operation has: what was typed as a name, or given to an option. */
const PLACE = /^\/(?<part>params|query)\/(?<name>\w+)$/;

const isMisnamed = ({ errors }: Problem): boolean =>
  PLACE.test(errors?.[0]?.pointer ?? "") && (errors?.[0]?.message ?? "").includes("pattern");

/** What was typed as a name is none: the place of it in a call, and its pattern, are for programs. */
function misnamed({ code, errors }: Problem): Failure {
  const { part, name = "" } = PLACE.exec(errors?.[0]?.pointer ?? "")?.groups ?? {};
  const what =
    part === "query" ? `what --${name} was given cannot be one` : `what was given cannot be the name of a ${name}`;
  return new Failure(exitCodes.usage, what, "it may be misspelt; the list of them shows their names", code);
}

function sentenceOf(problem: Problem): string {
  const sentence = problem.detail ?? problem.title ?? `the server answered ${problem.status}`;
  const { pointer = "", message = "", position } = problem.errors?.[0] ?? {};
  // The sentence names the place in the text that the user wrote; where that text stood in the call says nothing more.
  if (position !== undefined) return sentence;
  const more = [pointer, message].filter((part) => !sentence.includes(part)).join(" ");
  return more === "" ? sentence : `${sentence} (${more})`;
}
