import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Awaiting } from "./awaiting.ts";

const socketOf = () => ({}) as Socket;
function responseOn(socket: Socket, headersSent = false) {
  const headers: string[] = [];
  const response = Object.assign(new EventEmitter(), {
    req: { socket },
    headersSent,
    setHeader: (name: string, value: string) => headers.push(`${name}: ${value}`),
  });
  return { headers, response: response as unknown as ServerResponse };
}

describe("answers that are awaited", () => {
  test("are awaited on their connection until the last of them is given", () => {
    const awaiting = new Awaiting();
    const [socket, other] = [socketOf(), socketOf()];
    const [first, second] = [responseOn(socket).response, responseOn(socket).response];
    awaiting.add(first);
    awaiting.add(second);
    first.emit("close");
    expect([awaiting.isAwaitedOn(socket), awaiting.isAwaitedOn(other)]).toEqual([true, false]);
    second.emit("close");
    expect(awaiting.isAwaitedOn(socket)).toBe(false);
  });

  test("end their connections when a listener closes, unless their head has been sent", () => {
    const awaiting = new Awaiting();
    const [unsent, sent] = [responseOn(socketOf()), responseOn(socketOf(), true)];
    awaiting.add(unsent.response);
    awaiting.add(sent.response);
    let ends = 0;
    expect(awaiting.isEnding).toBe(false);
    awaiting.end(() => ends++);
    expect(awaiting.isEnding).toBe(true);
    expect([unsent.headers, sent.headers]).toEqual([["Connection: close"], []]);
    unsent.response.emit("close");
    expect(ends).toBe(0);
    sent.response.emit("close");
    expect(ends).toBe(1);
  });

  test("when there are none, are over at once", () => {
    let ends = 0;
    new Awaiting().end(() => ends++);
    expect(ends).toBe(1);
  });
});
