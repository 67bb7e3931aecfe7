import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Refusal } from "../errors.ts";
import type { Awaiting } from "./awaiting.ts";
import { problemOf, type Problems } from "./problem.ts";
import { nextRequestId } from "./request-id.ts";

/** Answers bytes that never became a request, in place of Fastify's own answer, and closes the connection. */
export function answerMalformed(
  server: Server,
  problems: Problems,
  awaiting: Awaiting,
  onStray: (code: string) => void,
): void {
  server.removeAllListeners("clientError");
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const refusal = refusalOf(error.code);
    onStray(refusal.code);
    // An earlier request of this connection awaits its answer, and would take this one for it (ATTACKS 48).
    if (socket.writable && !awaiting.isAwaitedOn(socket)) socket.write(answerText(problems, refusal));
    // At once: whoever does not read must not be waited for.
    socket.destroy();
  });
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new Refusal("header_too_large", "The request's headers are too large.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new Refusal("timeout", "The request took too long to arrive.");
    default:
      return new Refusal("invalid_input", "The request is not well-formed HTTP/1.1.");
  }
}

function answerText(problems: Problems, refusal: Refusal): string {
  const requestId = nextRequestId();
  const { status, body } = problemOf(problems, refusal, requestId);
  return [
    `HTTP/1.1 ${status} ${problems[refusal.code].title}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    `Holdfast-Request-Id: ${requestId}`,
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}
