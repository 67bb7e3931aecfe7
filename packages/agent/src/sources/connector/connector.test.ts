import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { encodeNetlink, NETLINK_DONE } from "../system/netlink-message.ts";
import { libc } from "../system/libc.ts";
import { connectorSource } from "./connector.ts";
import { connectorRequest } from "./message.ts";

const obstacle = connectorSource().obstacle();
const needs = obstacle === undefined ? "" : ` (not here: ${obstacle})`;

const sockets = (): number[] =>
  readdirSync("/proc/self/fd")
    .filter((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`).startsWith("socket:");
      } catch {
        return false;
      }
    })
    .map(Number);

describe.skipIf(obstacle !== undefined)(`a connector${needs}`, () => {
  it("that the kernel stops telling notices that it has gone deaf", async () => {
    const before = new Set(sockets());
    const fail = vi.fn();
    const source = connectorSource({ heartbeatSeconds: 0.05, silenceSeconds: 0.2 });
    await source.start(
      () => {},
      () => {},
      fail,
    );
    const descriptor = sockets().find((number) => !before.has(number))!;
    const request = { type: NETLINK_DONE, flags: 0, sequence: 0, payload: connectorRequest("ignore") };
    libc().send(descriptor, encodeNetlink(request), 40, 0);
    await vi.waitFor(() => expect(fail).toHaveBeenCalledExactlyOnceWith("the kernel has fallen silent"), 10_000);
    await source.stop();
  });

  it("leaves the name of this process as it is", async () => {
    const name = readFileSync("/proc/self/comm", "utf8");
    const source = connectorSource();
    await source.start(
      () => {},
      () => {},
    );
    await source.stop();
    expect(readFileSync("/proc/self/comm", "utf8")).toBe(name);
  });
});
