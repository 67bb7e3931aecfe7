import { type ExitCode, exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

/** What the server's own code for storage says when it refuses: a sentence, what to do, and a code of its own. */
interface Refused extends Error {
  readonly code: string;
  readonly hint: string;
}

/** Codes that have an exit code of their own; the others are refusals like any. */
const exitCodeOf: Readonly<Record<string, ExitCode>> = {
  configuration: exitCodes.usage,
  not_configured: exitCodes.usage,
  not_allowed: exitCodes.denied,
  source_in_use: exitCodes.conflict,
  target_in_use: exitCodes.conflict,
  already_running: exitCodes.conflict,
  target_foreign: exitCodes.conflict,
  target_not_empty: exitCodes.conflict,
  target_begun: exitCodes.conflict,
  storage_unreachable: exitCodes.unreachable,
};

/** Runs `work`, and gives its refusals as failures of the command. */
export async function orFailure<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isRefused(error)) throw error;
    throw new Failure(exitCodeOf[error.code] ?? exitCodes.failed, error.message, error.hint, error.code);
  }
}

function isRefused(error: unknown): error is Refused {
  return error instanceof Error && "hint" in error && typeof error.hint === "string" && "code" in error;
}
