import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Answers that are still to be given, by connection. */
export class Awaiting {
  readonly #responses = new Map<Socket, Set<ServerResponse>>();
  #whenNone: (() => void) | undefined;

  add(response: ServerResponse): void {
    const { socket } = response.req;
    const onSocket = this.#responses.get(socket) ?? new Set();
    this.#responses.set(socket, onSocket.add(response));
    response.once("close", () => {
      onSocket.delete(response);
      if (onSocket.size === 0) this.#responses.delete(socket);
      if (this.#responses.size === 0) this.#whenNone?.();
    });
  }

  isAwaitedOn(socket: Socket): boolean {
    return this.#responses.has(socket);
  }

  get isEnding(): boolean {
    return this.#whenNone !== undefined;
  }

  /** Each connection ends with its last answer; `whenNone` runs when no answer is awaited any more. */
  end(whenNone: () => void): void {
    this.#whenNone = whenNone;
    for (const onSocket of this.#responses.values()) {
      for (const response of onSocket) if (!response.headersSent) response.setHeader("Connection", "close");
    }
    if (this.#responses.size === 0) whenNone();
  }
}
