import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { NotifyError } from "../errors.ts";
import { within } from "../net/within.ts";

/** What is sent over a connection that is open. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is kept of an answer: nothing of its body, which may repeat what was sent (ATTACKS 25). */
export interface Reply {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
}

const MOST_HEADER_BYTES = 16 * 1024;
const MOST_BODY_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 2_000;

/** Posts over a connection that serves this once, and waits for the head of the answer. */
export async function exchange(
  socket: Socket,
  post: Post,
  place: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Reply> {
  const timeout = { code: "response_timeout", message: `${place} did not answer in time` } as const;
  try {
    const response = await within(timeoutMs, signal, timeout, () => send(socket, post));
    await drain(response);
    const { statusCode = 0, headers } = response;
    return { status: statusCode, retryAfter: headers["retry-after"], location: headers.location };
  } catch (error) {
    if (error instanceof NotifyError) throw error;
    // Not the cause: a parser's error carries the answer along.
    throw new NotifyError("response_invalid", `${place} broke off, or answered what is no HTTP (${codeOf(error)})`);
  } finally {
    socket.destroy();
  }
}

function send(socket: Socket, { url, headers, body }: Post): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sending = request({
    createConnection: () => socket,
    method: "POST",
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      ...headers,
      "content-length": String(Buffer.byteLength(body)),
      connection: "close",
    },
    setHost: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    insecureHTTPParser: false,
  });
  sending.once("response", resolve);
  sending.on("error", reject);
  sending.once("close", () => reject(new Error("closed"))); // an upgrade that nobody asked for, for one
  sending.end(body);
  return promise;
}

/**
 * The status has decided: the body is read so that the other side may finish in peace, as far as it is small and comes
 * soon, and is kept nowhere.
 */
async function drain(response: IncomingMessage): Promise<void> {
  let room = MOST_BODY_BYTES;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, BODY_TIMEOUT_MS);
  response.on("data", (chunk: Buffer) => {
    room -= chunk.byteLength;
    if (room < 0) resolve();
  });
  for (const event of ["end", "error", "close"]) response.once(event, () => resolve());
  await promise;
  clearTimeout(timer);
  response.on("error", () => undefined).destroy();
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code).slice(0, 64) : "closed";
}
