import { StorageFault } from "@holdfast/engine";
import type { BatchCodec, Reply, Request } from "@holdfast/engine/back-end";
import type { PostgresWriter } from "./writer.ts";

/** The main thread's end, as far as a writer uses it. */
export interface WriterPort {
  on(event: "message", listener: (request: Request) => void): unknown;
  postMessage(reply: Reply): void;
  close(): void;
}

/** Opens the writer and answers until it is closed or no longer usable; the thread ends with its port. */
export async function serveWriter(writer: PostgresWriter, codec: BatchCodec, port: WriterPort): Promise<void> {
  const end = async (): Promise<void> => {
    await writer.close().catch(() => undefined);
    port.close();
  };
  const opened = await openWriter(writer, () => void end());
  port.postMessage(opened);
  if (opened.kind === "not-opened") return end();
  port.on("message", (request) => {
    void serve(writer, codec, request)
      .catch((error: unknown) => failed(writer, request, error))
      .then(async (reply) => {
        port.postMessage(reply);
        if (!writer.isUsable || reply.kind === "closed") await end();
      });
  });
}

/** Opens the writer; a fault becomes a reply that can be cloned. */
async function openWriter(writer: PostgresWriter, onLost: () => void): Promise<Reply> {
  try {
    return { kind: "opened", recovery: await writer.open(onLost) };
  } catch (cause) {
    if (cause instanceof StorageFault) return { kind: "not-opened", code: cause.code, message: cause.message };
    return { kind: "not-opened", code: "database_unreachable", message: (cause as Error).message };
  }
}

async function serve(writer: PostgresWriter, codec: BatchCodec, request: Request): Promise<Reply> {
  switch (request.kind) {
    case "commit":
      return { kind: "committed", result: await writer.commit(codec.unpack(request.batch)) };
    case "checkpoint":
      return { kind: "checkpoint", checkpoint: await writer.checkpoint() };
    case "truncate-wal":
      // What an overwritten row leaves behind is for the database's own administration.
      return { kind: "wal-truncated", isComplete: false };
    case "close":
      await writer.close();
      return { kind: "closed", checkpoint: undefined };
  }
}

function failed(writer: PostgresWriter, request: Request, error: unknown): Reply {
  const { message, cause } = error as Error;
  const detail = cause instanceof Error ? `${message} ${cause.message}` : message;
  return { kind: "failed", request: request.kind, message: detail, isLast: !writer.isUsable };
}
