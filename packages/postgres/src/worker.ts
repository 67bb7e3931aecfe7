import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { BatchCodec } from "@holdfast/engine/back-end";
import { serveWriter } from "./serve-writer.ts";
import { PostgresWriter, type PostgresWriterOptions } from "./writer.ts";

/** Thread of the write connection: chains, signs and sends, so that the main thread never waits for it. */
const options = workerData as PostgresWriterOptions;
const port = parentPort as MessagePort;
const writer = new PostgresWriter(options, (reply) => port.postMessage(reply));
await serveWriter(writer, new BatchCodec(options.tables, { hasFootprints: true }), port);
