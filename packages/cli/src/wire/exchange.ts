import type { Socket } from "node:net";
import { unreachable } from "../reach/dial.ts";
import { encodeRequest, type Request } from "./request.ts";
import { broken } from "./response-head.ts";
import { type Response, ResponseReader } from "./response-reader.ts";

const timeoutMs = 30_000;

/** Sends one request over a connected socket, gives its answer and closes the socket. */
export function exchange(socket: Socket, request: Request, shownPath: string): Promise<Response> {
  const reader = new ResponseReader();
  return new Promise<Response>((resolve, reject) => {
    socket.setTimeout(timeoutMs, () => reject(unreachable(shownPath, new Error("timeout"))));
    socket.on("error", (error) => reject(unreachable(shownPath, error)));
    socket.on("close", () => reject(broken("it ends too early")));
    socket.on("data", (piece) => {
      try {
        const response = reader.push(piece);
        if (response !== undefined) resolve(response);
      } catch (error) {
        reject(error instanceof Error ? error : new Error("unknown fault"));
      }
    });
    socket.write(encodeRequest(request));
  }).finally(() => socket.destroy());
}
