import { readSync, writeSync } from "node:fs";

const HEADER_BYTES = 4;
const STDIN = 0;
const STDOUT = 1;

/**
 * The agent's side of this process: it waits for one request after the other, without an event loop, because a query
 * occupies its only thread anyway and what Node needs for streams is memory.
 */
export const link = {
  /** Text of the next request; undefined when the agent is gone. */
  read(maxBytes: number): string | undefined {
    const header = readExactly(HEADER_BYTES);
    if (header === undefined) return undefined;
    const length = header.readUInt32LE(0);
    if (length > maxBytes) throw new RangeError(`A request of ${length} bytes is too long.`);
    return readExactly(length)?.toString("utf8");
  },

  write(text: string): void {
    const frame = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(text));
    frame.writeUInt32LE(frame.length - HEADER_BYTES, 0);
    frame.write(text, HEADER_BYTES);
    for (let done = 0; done < frame.length; ) done += writeSync(STDOUT, frame, done);
  },
};

function readExactly(length: number): Buffer | undefined {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const count = readSync(STDIN, bytes, done, length - done, null);
    if (count === 0) return undefined;
    done += count;
  }
  return bytes;
}
