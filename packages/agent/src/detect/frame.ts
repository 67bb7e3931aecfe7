const HEADER_BYTES = 4;

/** A frame is the length of its text in bytes, as 32 bits, and the text: JSON in UTF-8. */
export function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32LE(length, 0);
  frame.write(text, HEADER_BYTES);
  return frame;
}

const FIRST_ROOM_BYTES = 64 * 1024;

/**
 * Cuts a stream into the texts of its frames; one that says that it is longer than `maxBytes` throws a RangeError. What is
 * held is copied into one piece that doubles: a stream that comes byte by byte takes no more memory than its bytes.
 */
export class FrameReader {
  readonly #maxBytes: number;
  #room = Buffer.alloc(0);
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): string[] {
    this.#keep(chunk);
    const texts: string[] = [];
    let at = 0;
    for (let end = this.#endOf(at); end !== undefined; end = this.#endOf(at)) {
      texts.push(this.#room.toString("utf8", at + HEADER_BYTES, end));
      at = end;
    }
    this.#forget(at);
    return texts;
  }

  /** Bytes of memory that are taken for what is not whole yet. */
  get roomBytes(): number {
    return this.#room.length;
  }

  #keep(chunk: Buffer): void {
    const needed = this.#held + chunk.length;
    if (needed > this.#room.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#room.length * 2, FIRST_ROOM_BYTES));
      this.#room.copy(grown, 0, 0, this.#held);
      this.#room = grown;
    }
    chunk.copy(this.#room, this.#held);
    this.#held = needed;
  }

  /** Where the frame ends that begins there; undefined when it is not whole yet. */
  #endOf(at: number): number | undefined {
    if (this.#held - at < HEADER_BYTES) return undefined;
    const length = this.#room.readUInt32LE(at);
    if (length > this.#maxBytes) throw new RangeError(`A frame of ${length} bytes is too long.`);
    const end = at + HEADER_BYTES + length;
    return end > this.#held ? undefined : end;
  }

  #forget(upTo: number): void {
    if (upTo === 0) return;
    this.#room.copyWithin(0, upTo, this.#held);
    this.#held -= upTo;
    // One large answer keeps no room for ever.
    if (this.#held === 0 && this.#room.length > FIRST_ROOM_BYTES) this.#room = Buffer.alloc(0);
  }
}
