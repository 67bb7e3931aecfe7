import { broken, type ResponseHead, readHead } from "./response-head.ts";

/** One HTTP/1.1 answer, with its whole body. */
export interface Response {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const maxHeadBytes = 32 * 1024;
const maxChunkLineBytes = 256;
/** A value of 16 MiB in base64, with room for its metadata. */
const maxBodyBytes = 32 * 1024 * 1024;

type Step = "head" | "data" | "chunk-line" | "chunk-data" | "chunk-end" | "trailers" | "done";

/**
 * Reads one HTTP/1.1 answer from the pieces a socket gives, without node:http, whose loading costs more than the whole
 * exchange. Each step returns whether it got further with the bytes at hand.
 */
export class ResponseReader {
  #step: Step = "head";
  #head: ResponseHead | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #missing = 0;
  #body: Buffer[] = [];
  #bodyBytes = 0;
  #trailerBytes = 0;

  /** Takes the next piece; gives the answer once it is complete. */
  push(piece: Buffer): Response | undefined {
    this.#rest = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    while (this.#step !== "done") {
      if (!this.#steps[this.#step]()) return undefined;
    }
    if (this.#head === undefined || this.#rest.length > 0) throw broken("more bytes than it announced");
    return { status: this.#head.status, headers: this.#head.headers, body: Buffer.concat(this.#body) };
  }

  readonly #steps = {
    head: (): boolean => this.#readHead(),
    data: (): boolean => this.#readData("done"),
    "chunk-line": (): boolean => this.#readChunkLine(),
    "chunk-data": (): boolean => this.#readData("chunk-end"),
    "chunk-end": (): boolean => this.#readChunkEnd(),
    trailers: (): boolean => this.#readTrailer(),
  };

  #readHead(): boolean {
    const text = this.#until("\r\n\r\n", maxHeadBytes);
    if (text === undefined) return false;
    this.#head = readHead(text);
    const { framing } = this.#head;
    if (framing.kind === "sized") this.#expect(framing.bytes, "data", "done");
    if (framing.kind === "chunked") this.#step = "chunk-line";
    return true;
  }

  #readChunkLine(): boolean {
    const line = this.#until("\r\n", maxChunkLineBytes);
    if (line === undefined) return false;
    const size = /^([0-9a-fA-F]{1,7})[ \t]*(?:;.*)?$/.exec(line)?.[1];
    if (size === undefined) throw broken("a chunk without a size");
    this.#expect(Number.parseInt(size, 16), "chunk-data", "trailers");
    return true;
  }

  #expect(bytes: number, step: Step, stepWhenNone: Step): void {
    if (this.#bodyBytes + bytes > maxBodyBytes) throw broken("a body that is too long");
    this.#bodyBytes += bytes;
    this.#missing = bytes;
    this.#step = bytes === 0 ? stepWhenNone : step;
  }

  #readData(next: Step): boolean {
    if (this.#rest.length === 0) return false;
    const piece = this.#rest.subarray(0, this.#missing);
    this.#rest = this.#rest.subarray(piece.length);
    this.#missing -= piece.length;
    this.#body.push(piece);
    if (this.#missing === 0) this.#step = next;
    return true;
  }

  #readChunkEnd(): boolean {
    const line = this.#until("\r\n", maxChunkLineBytes);
    if (line === undefined) return false;
    if (line !== "") throw broken("a chunk that is longer than its size");
    this.#step = "chunk-line";
    return true;
  }

  #readTrailer(): boolean {
    const line = this.#until("\r\n", maxHeadBytes);
    if (line === undefined) return false;
    this.#trailerBytes += line.length;
    if (this.#trailerBytes > maxHeadBytes) throw broken("trailers that are too long");
    if (line === "") this.#step = "done";
    return true;
  }

  /** The text before `end`, which it consumes; undefined when it is not there yet. */
  #until(end: string, maxBytes: number): string | undefined {
    const at = this.#rest.indexOf(end);
    if (at > maxBytes || (at === -1 && this.#rest.length > maxBytes + end.length))
      throw broken("a line that is too long");
    if (at === -1) return undefined;
    const text = this.#rest.toString("latin1", 0, at);
    this.#rest = this.#rest.subarray(at + end.length);
    return text;
  }
}
