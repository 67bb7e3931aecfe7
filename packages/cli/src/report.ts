import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { printable } from "./terminal/printable.ts";
import type { Output } from "./terminal/output.ts";

/** Says on stderr why the command failed, in one line and a hint, and gives the exit code. */
export function report(error: unknown, output: Pick<Output, "err" | "errorStyle">): number {
  if (process.env["HOLDFAST_DEBUG"] && error instanceof Error) output.err(`${error.stack ?? ""}\n`);
  const failure = error instanceof Failure ? error : unexpected(error);
  output.err(`${output.errorStyle.bad("holdfast:")} ${printable(failure.message)}\n`);
  if (failure.hint !== undefined) output.err(`${output.errorStyle.dim("hint:")} ${printable(failure.hint)}\n`);
  return failure.exitCode;
}

/** A fault of ours. Its message may quote what it choked on, so it shows only when it is asked for. */
function unexpected(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  return new Failure(
    exitCodes.failed,
    `unexpected ${name}${code}`,
    "this is a fault of holdfast; please report it. HOLDFAST_DEBUG=1 shows where, and perhaps what it worked on",
  );
}
