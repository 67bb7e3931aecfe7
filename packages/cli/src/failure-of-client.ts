import { ClientError } from "@holdfast/client";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { failureOfProblem } from "./problem.ts";

const ownCodes: Readonly<Record<string, ExitCode>> = {
  invalid_call: exitCodes.usage,
  path_not_canonical: exitCodes.usage,
  connection_failed: exitCodes.unreachable,
  connection_lost: exitCodes.unreachable,
  untrusted_socket: exitCodes.untrusted,
  timed_out: exitCodes.unreachable,
  bad_answer: exitCodes.unreachable,
};

/** The failure that stands for an error of the SDK; anything else stays what it is. */
export function failureOfClient(error: unknown, isRead: boolean): unknown {
  if (!(error instanceof ClientError)) return error;
  if (error.cause instanceof Failure) return error.cause;
  const { status, code, hint, errors } = error;
  if (status > 0) return failureOfProblem({ status, code, hint, errors, detail: error.message }, isRead);
  if (error.code === "untrusted_server") return untrustedServer(error);
  return new Failure(ownCodes[error.code] ?? exitCodes.failed, error.message, error.hint, error.code);
}

/** What Node adds to an authority that it does not know; this command has a setting of its own for it. */
const adviceOfNode = /; if the root CA is installed locally, try running Node\.js with --use-system-ca/;

function untrustedServer({ message, code }: ClientError): Failure {
  const hint =
    "name the file of its CA's certificate with --cacert or HOLDFAST_CACERT; never go on with a server you do not know";
  return new Failure(exitCodes.untrusted, message.replace(adviceOfNode, ""), hint, code);
}
