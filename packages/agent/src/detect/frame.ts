const HEADER_BYTES = 4;

/** A frame is the length of its text in bytes, as 32 bits, and the text: JSON in UTF-8. */
export function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32LE(length, 0);
  frame.write(text, HEADER_BYTES);
  return frame;
}

/** Cuts a stream into the texts of its frames; one that says that it is longer than `maxBytes` throws a RangeError. */
export class FrameReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): string[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    const texts: string[] = [];
    for (let text = this.#next(); text !== undefined; text = this.#next()) texts.push(text);
    return texts;
  }

  #next(): string | undefined {
    if (this.#held < HEADER_BYTES) return undefined;
    const length = this.#peek(HEADER_BYTES).readUInt32LE(0);
    if (length > this.#maxBytes) throw new RangeError(`A frame of ${length} bytes is too long.`);
    if (this.#held < HEADER_BYTES + length) return undefined;
    const whole = this.#peek(this.#held);
    const rest = whole.subarray(HEADER_BYTES + length);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    return whole.toString("utf8", HEADER_BYTES, HEADER_BYTES + length);
  }

  /** The first bytes in one piece: chunks are put together once for each frame, not once for each chunk. */
  #peek(bytes: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= bytes) return first;
    const whole = Buffer.concat(this.#chunks);
    this.#chunks = [whole];
    return whole;
  }
}
