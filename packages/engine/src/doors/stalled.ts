import type { ServerResponse } from "node:http";

/**
 * Cuts off a client that has stopped taking its answer: Node would hold its connection, and the bytes, for ever. Time
 * runs while nothing moves, from when the whole answer was handed over.
 */
export function cutOffStalled(response: ServerResponse, limitMs: number): void {
  response.once("prefinish", () => {
    // The answer has just been handed to it.
    const socket = response.socket!;
    // Nearly always the system took all of it at once.
    if (socket.writableLength === 0) return;
    response.setTimeout(limitMs, () => response.destroy());
    // Before Node goes on to what is behind it: the next answer of a pipeline may be a long time in the making.
    response.prependOnceListener("finish", () => {
      socket.setTimeout(0);
    });
  });
}
