import type { WriterEvents, WriterThread } from "../committer/back-end.ts";
import { startWorker } from "../committer/writer-worker.ts";
import type { WriterOptions } from "./writer.ts";

export type StartWriter = (options: WriterOptions, events: WriterEvents) => WriterThread;

/** Starts the writer in a worker thread of its own. */
export const startWriterThread: StartWriter = (options, events) =>
  startWorker(new URL("worker.ts", import.meta.url), options, events);
