import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Answers that are still to be given, by connection. */
export class Awaiting {
  readonly #responses = new Map<Socket, Set<ServerResponse>>();

  add(response: ServerResponse): void {
    const { socket } = response.req;
    const onSocket = this.#responses.get(socket) ?? new Set();
    this.#responses.set(socket, onSocket.add(response));
    response.once("close", () => {
      onSocket.delete(response);
      if (onSocket.size === 0) this.#responses.delete(socket);
    });
  }

  isAwaitedOn(socket: Socket): boolean {
    return this.#responses.has(socket);
  }

  /** A listener that closes ends idle connections at once; those that are busy must end with their answer. */
  endWithAnswers(): void {
    for (const onSocket of this.#responses.values()) {
      for (const response of onSocket) if (!response.headersSent) response.setHeader("Connection", "close");
    }
  }
}
