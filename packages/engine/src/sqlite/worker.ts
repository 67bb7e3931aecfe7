import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { BatchCodec } from "../committer/pack-batch.ts";
import { runWriter } from "./serve-writer.ts";
import { SqliteWriter, type WriterOptions } from "./writer.ts";

/** Thread of the write connection: waits for the disk, so that the main thread never does. */
const options = workerData as WriterOptions;
runWriter(new SqliteWriter(options), new BatchCodec(options.tables), parentPort as MessagePort);
