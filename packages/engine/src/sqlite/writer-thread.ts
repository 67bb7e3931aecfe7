import { Worker } from "node:worker_threads";
import type { Reply, Request } from "../committer/protocol.ts";
import type { WriterOptions } from "./writer.ts";

/** A running writer as the main thread sees it. */
export interface WriterThread {
  post(request: Request): void;
  terminate(): void;
}

export interface WriterEvents {
  readonly reply: (reply: Reply) => void;
  /** The thread is gone; comes once, after the last reply. */
  readonly exit: (cause: Error | undefined) => void;
}

export type StartWriter = (options: WriterOptions, events: WriterEvents) => WriterThread;

/** Starts the writer in a worker thread of its own. */
export const startWriterThread: StartWriter = (options, events) => {
  const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: options, name: "committer" });
  let cause: Error | undefined;
  worker.on("message", events.reply);
  worker.on("error", (error: Error) => {
    cause = error;
  });
  worker.on("exit", () => events.exit(cause));
  return {
    post: (request) => worker.postMessage(request, request.kind === "commit" ? [request.batch.bytes.buffer] : []),
    terminate: () => void worker.terminate(),
  };
};
