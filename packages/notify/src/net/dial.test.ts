import { type AddressInfo, createServer, type Server } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { NotifyError } from "../errors.ts";
import { defaultAddressPolicy } from "./address-policy.ts";
import { dial, type DialOptions, systemLookup } from "./dial.ts";

const here = { ...defaultAddressPolicy, allowLoopback: true };
const never = new AbortController().signal;

async function listening(host = "127.0.0.1"): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

const options = (changes: Partial<DialOptions> = {}): DialOptions => ({
  policy: here,
  timeoutMs: 5_000,
  lookup: systemLookup,
  ...changes,
});

describe("dialling", () => {
  test("connects to an address, and to a name", async () => {
    const { port } = await listening();
    for (const host of ["127.0.0.1", "localhost"]) {
      const socket = await dial({ host, port }, options(), never);
      expect(socket.remoteAddress).toBe("127.0.0.1");
      socket.destroy();
    }
  });

  test("refuses this host unless it is allowed, before anything is sent", async () => {
    const { port, server } = await listening();
    let connections = 0;
    server.on("connection", () => (connections += 1));
    for (const host of ["127.0.0.1", "localhost", "::ffff:127.0.0.1"]) {
      await expect(dial({ host, port }, options({ policy: defaultAddressPolicy }), never)).rejects.toMatchObject({
        code: "address_refused",
        message: expect.not.stringContaining("undefined") as string,
      });
    }
    expect(connections).toBe(0);
  });

  test("asks for a name once, and connects to what it looked at: an answer that changes gains nothing", async () => {
    const { port } = await listening();
    const answers = [["127.0.0.1"], ["169.254.169.254"]];
    let asked = 0;
    const lookup = async () => answers[asked++]!;
    const socket = await dial({ host: "rebinding.example.org", port }, options({ lookup }), never);
    expect([asked, socket.remoteAddress]).toEqual([1, "127.0.0.1"]);
    socket.destroy();
    await expect(dial({ host: "rebinding.example.org", port }, options({ lookup }), never)).rejects.toMatchObject({
      code: "address_refused",
    });
  });

  test("passes over addresses that it may not reach, and those that take no connection", async () => {
    const { port } = await listening();
    const lookup = async () => ["169.254.169.254", "::1", "127.0.0.1"];
    const socket = await dial({ host: "several.example.org", port }, options({ lookup }), never);
    expect(socket.remoteAddress).toBe("127.0.0.1");
    socket.destroy();
  });

  test.each([
    ["has no address", async () => []],
    ["does not exist", () => Promise.reject(new Error("ENOTFOUND"))],
  ])("says that a name %s", async (_name, lookup) => {
    const dialled = dial({ host: "missing.example.org", port: 1 }, options({ lookup }), never);
    await expect(dialled).rejects.toMatchObject({ code: "name_unresolved" });
  });

  test("says that nobody listens", async () => {
    const { port, server } = await listening();
    await new Promise((resolve) => server.close(resolve));
    await expect(dial({ host: "127.0.0.1", port }, options(), never)).rejects.toMatchObject({
      code: "connect_failed",
      message: `127.0.0.1:${port} took no connection`,
    });
  });

  test("does not wait for a name server that never answers", async () => {
    const lookup = () => new Promise<never>(() => undefined);
    const dialled = dial({ host: "slow.example.org", port: 1 }, options({ lookup, timeoutMs: 20 }), never);
    await expect(dialled).rejects.toMatchObject({ code: "connect_timeout" });
  });

  test("ends when it is called off, also before it began, and what it opened later is closed", async () => {
    const { port } = await listening();
    const { promise, resolve } = Promise.withResolvers<readonly string[]>();
    const calledOff = new AbortController();
    const dialled = dial({ host: "slow.example.org", port }, options({ lookup: () => promise }), calledOff.signal);
    calledOff.abort(new NotifyError("cancelled", "the notifier ends"));
    await expect(dialled).rejects.toMatchObject({ code: "cancelled", message: "the notifier ends" });
    resolve(["127.0.0.1"]);
    await expect(dial({ host: "127.0.0.1", port }, options(), AbortSignal.abort())).rejects.toMatchObject({
      code: "cancelled",
    });
  });

  test("asks the machine once for a name that is asked for at the same time", async () => {
    const [one, other] = [systemLookup("localhost"), systemLookup("localhost")];
    expect(one).toBe(other);
    expect(await one).toContain("127.0.0.1");
    expect(systemLookup("localhost")).not.toBe(one);
  });
});
