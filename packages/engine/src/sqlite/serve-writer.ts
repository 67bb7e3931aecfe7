import { openFault } from "./connection.ts";
import type { BatchCodec } from "../committer/pack-batch.ts";
import type { Reply, Request } from "../committer/protocol.ts";
import type { SqliteWriter } from "./writer.ts";

/** The main thread's end, as far as a writer uses it. */
export interface WriterPort {
  on(event: "message", listener: (request: Request) => void): unknown;
  postMessage(reply: Reply): void;
  close(): void;
}

/** Opens the writer and answers until it is closed or no longer usable; the thread ends with its port. */
export function runWriter(writer: SqliteWriter, codec: BatchCodec, port: WriterPort): void {
  const answer = (reply: Reply): void => {
    port.postMessage(reply);
    if (!writer.isUsable) port.close();
  };
  port.on("message", (request) => answer(serveWriter(writer, codec, request)));
  void openWriter(writer).then(answer);
}

/** Opens the writer; a fault becomes a reply that can be cloned. */
async function openWriter(writer: SqliteWriter): Promise<Reply> {
  try {
    return { kind: "opened", recovery: await writer.open() };
  } catch (cause) {
    const { code, message } = openFault(cause);
    return { kind: "not-opened", code, message };
  }
}

/** Answers one request; a failed one leaves the database as it was. */
export function serveWriter(writer: SqliteWriter, codec: BatchCodec, request: Request): Reply {
  try {
    return serve(writer, codec, request);
  } catch (error) {
    return { kind: "failed", request: request.kind, message: describe(error), isLast: !writer.isUsable };
  }
}

function serve(writer: SqliteWriter, codec: BatchCodec, request: Request): Reply {
  switch (request.kind) {
    case "commit":
      return { kind: "committed", result: writer.commit(codec.unpack(request.batch)) };
    case "checkpoint":
      return { kind: "checkpoint", checkpoint: writer.checkpoint() };
    case "truncate-wal":
      return { kind: "wal-truncated", isComplete: writer.truncateWal() };
    case "close":
      return { kind: "closed", checkpoint: writer.close() };
  }
}

/** The message with its cause: for an operator's log, it names files and SQLite's words, never values. */
function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} ${cause.message}` : message;
}
