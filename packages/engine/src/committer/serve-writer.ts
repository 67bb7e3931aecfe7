import { openFault } from "./connection.ts";
import type { BatchCodec } from "./pack-batch.ts";
import type { Reply, Request } from "./protocol.ts";
import type { SqliteWriter } from "./writer.ts";

/** Opens the writer; a fault becomes a reply that can be cloned. */
export function openWriter(writer: SqliteWriter): Reply {
  try {
    return { kind: "opened", recovery: writer.open() };
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
    return { kind: "failed", request: request.kind, message: describe(error) };
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
