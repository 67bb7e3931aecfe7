import type { Writable } from "node:stream";
import { NotifyError } from "../errors.ts";
import { notificationJson } from "../format/notification-json.ts";
import { errorOf, within } from "../net/within.ts";
import { healthOf } from "./health.ts";
import type { Sink } from "./sink.ts";

export interface StdoutOptions {
  readonly name: string;
  readonly stream: Writable;
  readonly timeoutMs: number;
}

/**
 * Writes a line of JSON for each notification. It was told when the stream took it; a reader that hangs stalls this sink
 * alone, and never has more than one line waiting in memory.
 */
export function stdoutSink({ name, stream, timeoutMs }: StdoutOptions): Sink {
  let isWriting = false;
  listenForErrors(stream);
  return {
    name,
    kind: "stdout",
    async send(notification, signal) {
      if (isWriting) throw new NotifyError("write_stalled", "the last line was not taken yet");
      insistWritable(stream);
      const line = `${visible(JSON.stringify({ type: "alert.raised", ...notificationJson(notification) }))}\n`;
      const written = write(stream, line);
      isWriting = true;
      const free = () => {
        isWriting = false;
      };
      written.then(free, free);
      try {
        const timeout = { code: "write_stalled", message: "nobody reads standard output" } as const;
        await within(timeoutMs, signal, timeout, () => written);
        return { isConfirmed: true };
      } catch (error) {
        throw isBroken(error)
          ? new NotifyError("pipe_broken", "nobody reads standard output any more")
          : errorOf(error, signal);
      }
    },
    check: (signal) =>
      healthOf(signal, async () => {
        insistWritable(stream);
        if (isWriting) throw new NotifyError("write_stalled", "the last line was not taken yet");
        return "writable";
      }),
  };
}

/** Standard output is often a terminal: what acts there, or hides, stands as its JSON escape, which means the same. */
function visible(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const listening = new WeakSet<Writable>();

/** Once: without a listener, a reader that goes away would end the process. */
function listenForErrors(stream: Writable): void {
  if (listening.has(stream)) return;
  listening.add(stream);
  stream.on("error", () => undefined);
}

function insistWritable(stream: Writable): void {
  if (!stream.writable || stream.errored) throw new NotifyError("pipe_broken", "nobody reads standard output any more");
}

function write(stream: Writable, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(line, (error) => (error ? reject(error) : resolve()));
  });
}

function isBroken(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED");
}
