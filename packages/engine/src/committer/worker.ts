import { parentPort, workerData } from "node:worker_threads";
import { BatchCodec } from "./pack-batch.ts";
import type { Request } from "./protocol.ts";
import { openWriter, serveWriter } from "./serve-writer.ts";
import { SqliteWriter, type WriterOptions } from "./writer.ts";

/** Thread of the write connection: waits for the disk, so that the main thread never does. */
const options = workerData as WriterOptions;
const writer = new SqliteWriter(options);
const codec = new BatchCodec(options.tables);

parentPort?.on("message", (request: Request) => {
  parentPort?.postMessage(serveWriter(writer, codec, request));
  if (!writer.isUsable) parentPort?.close();
});
parentPort?.postMessage(openWriter(writer));
if (!writer.isUsable) parentPort?.close();
