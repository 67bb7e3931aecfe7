import type { FastifyInstance } from "fastify";
import type { Socket } from "node:net";
import type { Awaiting } from "./awaiting.ts";

/**
 * A listener that closes takes no more calls and answers those that are under way. Left to itself, Node waits for
 * connections that have said nothing yet, and no longer times them out.
 */
export function closeAfterAnswers(server: FastifyInstance, awaiting: Awaiting): void {
  server.server.on("connection", (socket: Socket) => {
    if (awaiting.isEnding) socket.destroy();
  });
  server.addHook("preClose", (done) => {
    awaiting.end(() => {
      server.server.closeAllConnections();
    });
    done();
  });
}
