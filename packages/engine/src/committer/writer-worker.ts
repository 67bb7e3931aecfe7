import { Worker } from "node:worker_threads";
import type { WriterEvents, WriterThread } from "./back-end.ts";

/** Starts a writer's module in a worker thread of its own; it is told `options`, which can be cloned. */
export function startWorker(module: URL, options: object, events: WriterEvents): WriterThread {
  const worker = new Worker(module, { workerData: options, name: "committer" });
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
}
