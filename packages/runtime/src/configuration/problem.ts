import { type Origin, printOrigin } from "./origin.ts";

/** Why a setting or its file is not used; public and stable. */
export type ProblemCode =
  | "unknown_setting"
  | "wrong_type"
  | "out_of_range"
  | "not_a_choice"
  | "missing"
  | "secret_in_the_open"
  | "contradiction"
  | "syntax"
  | "duplicate_key"
  | "forbidden_key"
  | "too_large"
  | "too_deep"
  | "unsafe_file"
  | "unreadable_file";

/** One thing that is wrong with a configuration. `message` quotes names, never values: any of them may be a secret. */
export interface Problem {
  readonly code: ProblemCode;
  /** Dotted path of the setting; empty when the problem is the file's. */
  readonly path: string;
  readonly origin: Origin;
  readonly message: string;
  readonly hint?: string;
}

/** A problem as one line for people: where, what, and what to do. */
export function printProblem({ origin, message, hint }: Problem): string {
  return `${printOrigin(origin)}: ${message}${hint === undefined ? "" : `; ${hint}`}`;
}

/** A name that somebody else chose, cut and cleaned so that it can stand in a message or on a terminal. */
export function quoteName(name: string): string {
  const printable = name.replaceAll(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "?");
  return `"${printable.length > 64 ? `${printable.slice(0, 64)}…` : printable}"`;
}
