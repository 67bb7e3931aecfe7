import { connect, type Socket } from "node:net";

const headEnd = Buffer.from("\r\n\r\n");
const lengthName = Buffer.from("Content-Length: ");
const bufferBytes = 64 * 1024;
const firstStatusDigit = 9;
const digitTwo = 0x32;
const carriageReturn = 0x0d;

export interface Exchange {
  /** The next request, or undefined when this connection is done. */
  readonly next: () => Buffer | undefined;
  readonly answered: () => void;
  readonly failed: (error: Error) => void;
}

/**
 * One keep-alive connection with one request under way, without any of node:http: the generator shares the machine with
 * what it measures, so that it must cost little. It understands the answers that our servers give, and no others.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #with: Exchange;
  /** Bytes of an answer that did not come in one piece. */
  #pending: Buffer = Buffer.alloc(0);

  constructor(path: string, exchange: Exchange) {
    this.#with = exchange;
    const buffer = Buffer.allocUnsafe(bufferBytes);
    this.#socket = connect({
      path,
      onread: {
        buffer,
        callback: (length) => {
          this.#take(buffer.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.once("connect", () => this.#send());
    this.#socket.once("error", exchange.failed);
    this.#socket.once("close", () => exchange.failed(new Error("the server closed a connection")));
  }

  #send(): void {
    const request = this.#with.next();
    if (request === undefined) {
      this.#socket.removeAllListeners("close");
      this.#socket.destroy();
      return;
    }
    this.#socket.write(request);
  }

  #take(chunk: Buffer): void {
    const bytes = this.#pending.byteLength === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const length = answerBytes(bytes);
    if (length === undefined || length > bytes.byteLength) {
      this.#pending = Buffer.from(bytes);
      return;
    }
    this.#pending = Buffer.alloc(0);
    if (bytes[firstStatusDigit] !== digitTwo || length < bytes.byteLength) {
      this.#with.failed(new Error(`unexpected answer: ${bytes.toString("latin1").slice(0, 600)}`));
      this.#socket.destroy();
      return;
    }
    this.#with.answered();
    this.#send();
  }
}

/** Length of the answer that begins here, head included; undefined while its head is not complete. */
function answerBytes(bytes: Buffer): number | undefined {
  const head = bytes.indexOf(headEnd);
  if (head < 0) return undefined;
  const name = bytes.indexOf(lengthName);
  if (name < 0 || name > head) throw new Error("an answer without Content-Length");
  let length = 0;
  for (let at = name + lengthName.byteLength; bytes[at] !== carriageReturn; at += 1) {
    length = length * 10 + bytes[at]! - 0x30;
  }
  return head + headEnd.byteLength + length;
}
