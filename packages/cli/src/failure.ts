import { type ExitCode, exitCodes } from "./exit-codes.ts";

/**
 * A refusal or fault that ends the command: one line for the user, perhaps a hint what to do, and the exit code.
 * Messages never hold a value, only names the user gave.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;
  /** The server's stable problem code, when the server refused. */
  readonly code: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string, code?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
    this.code = code;
  }
}

/** The user gave something this command does not take. */
export function usage(message: string, hint?: string): Failure {
  return new Failure(exitCodes.usage, message, hint);
}

/** The system's error code (`ENOENT`, …) of something thrown, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
