import { ClientError } from "@holdfast/client";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { failureOfProblem } from "./problem.ts";

const ownCodes: Readonly<Record<string, ExitCode>> = {
  invalid_call: exitCodes.usage,
  path_not_canonical: exitCodes.usage,
  connection_failed: exitCodes.unreachable,
  connection_lost: exitCodes.unreachable,
  untrusted_server: exitCodes.untrusted,
  untrusted_socket: exitCodes.untrusted,
  timed_out: exitCodes.unreachable,
  bad_answer: exitCodes.unreachable,
};

/** The failure that stands for an error of the SDK; anything else stays what it is. */
export function failureOfClient(error: unknown): unknown {
  if (!(error instanceof ClientError)) return error;
  if (error.cause instanceof Failure) return error.cause;
  const { status, code, hint, errors } = error;
  if (status > 0) return failureOfProblem({ status, code, hint, errors, detail: error.message });
  return new Failure(ownCodes[error.code] ?? exitCodes.failed, error.message, error.hint, error.code);
}
