import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { socketAddress } from "./datagram-socket.ts";
import { keepAlive, keepAliveMs } from "./keep-alive.ts";
import { type Receiver, receiveAt } from "./receiver.fixture.ts";
import { dropServiceVariables, serviceNotifier } from "./service-notifier.ts";

const isLinux = process.platform === "linux";
const hasPython = spawnSync("python3", ["-c", ""]).status === 0;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-notify-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function listenAt(place: string): Receiver {
  const receiver = receiveAt(place);
  onTestFinished(() => receiver.close());
  return receiver;
}

function notifierTo(place: string | undefined, log?: (reason: string) => void) {
  const notifier = serviceNotifier(place === undefined ? {} : { NOTIFY_SOCKET: place }, log);
  onTestFinished(() => notifier.close());
  return notifier;
}

describe.skipIf(!isLinux)("the notifier of the service manager (needs Linux)", () => {
  it.each([
    ["a path", () => join(folder, "notify")],
    ["an abstract address", () => `@holdfast/${process.pid}/${Math.trunc(performance.now() * 1_000)}`],
  ])("tells what sd_notify(3) tells, to %s", (_, place) => {
    const address = place();
    const receiver = listenAt(address);
    const notifier = notifierTo(address);
    expect(notifier.state).toEqual({ kind: "connected" });
    notifier.ready("watching 300 processes");
    notifier.reloading();
    notifier.status("ünder way");
    notifier.alive();
    notifier.stopping("bye");
    expect(receiver.messages()).toEqual([
      "READY=1\nSTATUS=watching 300 processes",
      expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
      "STATUS=ünder way",
      "WATCHDOG=1",
      "STOPPING=1\nSTATUS=bye",
    ]);
  });

  it("lets no status write another assignment", () => {
    const receiver = listenAt(join(folder, "notify"));
    notifierTo(join(folder, "notify")).status(`a rule's title\nMAINPID=1\r\0${"x".repeat(600)}`);
    const [message = ""] = receiver.messages();
    expect(message).toMatch(/^STATUS=a rule's title MAINPID=1 {2}x+$/);
    expect(message).toHaveLength("STATUS=".length + 512);
  });

  it("neither waits nor fails when the other end is full or gone, and says so once", () => {
    const log = vi.fn<(reason: string) => void>();
    const receiver = receiveAt(join(folder, "notify"));
    const notifier = notifierTo(join(folder, "notify"), log);
    for (let index = 0; index < 10_000 && log.mock.calls.length === 0; index++) notifier.alive();
    expect(log.mock.calls).toEqual([["a message to the service manager did not arrive (errno 11)"]]);
    expect(receiver.messages()[0]).toBe("WATCHDOG=1");
    receiver.close();
    notifier.stopping("bye");
    expect(log).toHaveBeenCalledOnce();
  });

  it("sends nothing after it was closed, also when closed twice", () => {
    const receiver = listenAt(join(folder, "notify"));
    const notifier = notifierTo(join(folder, "notify"));
    notifier.close();
    notifier.close();
    notifier.ready("late");
    expect(receiver.messages()).toEqual([]);
  });

  it.each(["", undefined])("is a no-op when nobody listens: %j", (place) => {
    const notifier = notifierTo(place);
    notifier.ready("fine");
    expect(notifier.state).toEqual({ kind: "absent" });
  });

  it.each(["vsock:2:9999", "notify", "@", "/".padEnd(108, "x"), "/a\0b"])(
    "is reported as unavailable when the address cannot be used: %j",
    (place) => {
      expect(notifierTo(place).state).toEqual({
        kind: "unavailable",
        reason: "NOTIFY_SOCKET is neither a path nor an abstract address",
      });
    },
  );

  it.skipIf(!hasPython)(
    "is understood by a receiver of another language, with this process as sender (needs python3)",
    async () => {
      const place = join(folder, "notify");
      const receiver = spawn("python3", ["-u", "-c", pythonReceiver, place], { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => void receiver.kill());
      const lines = linesOf(receiver);
      expect(await lines.next()).toBe("bound");
      notifierTo(place).ready("fine");
      expect(await lines.next()).toBe(`${process.pid} READY=1|STATUS=fine`);
    },
  );
});

/** Prints the sender's pid, as the kernel vouches for it, and what was sent. */
const pythonReceiver = `
import socket, struct, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind(sys.argv[1])
print("bound")
data, ancillary, _, _ = s.recvmsg(4096, socket.CMSG_SPACE(12))
pid, _, _ = struct.unpack("iII", ancillary[0][2])
print(pid, data.decode().replace("\\n", "|"))
`;

function linesOf(child: ChildProcess): { readonly next: () => Promise<string> } {
  const iterator = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { next: async () => String((await iterator.next()).value) };
}

describe("the address of a notify socket", () => {
  it("is a path with its end, or an abstract name without one", () => {
    expect(socketAddress("/run/x")?.subarray(2).toString("latin1")).toBe("/run/x\0");
    expect(socketAddress("@x")?.subarray(2).toString("latin1")).toBe("\0x");
    expect(socketAddress(`/${"x".repeat(106)}`)).toHaveLength(2 + 108);
    expect(socketAddress(`@${"x".repeat(107)}`)).toHaveLength(2 + 108);
  });
});

describe("the environment of children", () => {
  it("has nothing left to speak to the service manager with", () => {
    const environment = { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "1", WATCHDOG_PID: "1", PATH: "/bin" };
    dropServiceVariables(environment);
    expect(environment).toEqual({ PATH: "/bin" });
  });
});

describe("the keep-alive of WatchdogSec", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    [{ WATCHDOG_USEC: "30000000" }, 15_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" }, 15_000],
    [{ WATCHDOG_USEC: "1" }, 1],
    [{ WATCHDOG_USEC: "9999999999999999" }, 2 ** 31 - 1],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "8" }, undefined],
    [{ WATCHDOG_USEC: "0" }, undefined],
    [{ WATCHDOG_USEC: "soon" }, undefined],
    [{}, undefined],
  ])("%j is one every %s ms", (environment, expected) => {
    expect(keepAliveMs(environment, 7)).toBe(expected);
  });

  it("goes on while the process is healthy, falls silent with a reason, and comes back", () => {
    let problem: string | undefined;
    const told: string[] = [];
    const notifier = { alive: () => void told.push("alive"), status: (text: string) => void told.push(text) };
    const running = keepAlive(notifier, 100, () =>
      problem === undefined ? { isHealthy: true } : { isHealthy: false, reason: problem },
    );
    vi.advanceTimersByTime(200);
    problem = "the store does not answer";
    vi.advanceTimersByTime(200);
    problem = undefined;
    vi.advanceTimersByTime(100);
    running.stop();
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(["alive", "alive", "alive", "unhealthy: the store does not answer", "alive", "healthy again"]);
  });

  it("does nothing where systemd waits for nothing", () => {
    const health = vi.fn(() => ({ isHealthy: true }) as const);
    keepAlive({ alive: () => undefined, status: () => undefined }, undefined, health).stop();
    expect(health).not.toHaveBeenCalled();
  });
});
