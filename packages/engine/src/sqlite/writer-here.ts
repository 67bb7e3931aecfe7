import { BatchCodec } from "../committer/pack-batch.ts";
import type { Request } from "../committer/protocol.ts";
import { runWriter } from "./serve-writer.ts";
import { SqliteWriter } from "./writer.ts";
import type { StartWriter } from "./writer-thread.ts";

/**
 * Starts the writer on the thread that asks for it, for a process that commits seldom and has little memory: a thread of its
 * own costs some 20 MB. Everything else in the process waits while the disk does.
 */
export const startWriterHere: StartWriter = (options, events) => {
  const writer = new SqliteWriter(options);
  let serve: (request: Request) => void = () => {};
  let isRunning = true;
  const end = (): void => {
    if (!isRunning) return;
    isRunning = false;
    // After the reply that it comes with, as a thread's end does.
    setImmediate(() => events.exit(undefined));
  };
  runWriter(writer, new BatchCodec(options.tables), {
    on: (_, listener) => {
      serve = listener;
    },
    postMessage: (reply) => events.reply(reply),
    close: end,
  });
  return {
    // Never before whoever asks has gone on, as with a thread.
    post: (request) => void setImmediate(() => isRunning && serve(request)),
    terminate() {
      writer.close();
      end();
    },
  };
};
