import { describe, expect, test } from "vitest";
import { notificationOf } from "../../packages/notify/src/notification.fixture.ts";
import { certifiedIdentity } from "../../packages/notify/src/self-signed.fixture.ts";
import { freePort } from "./daemon.ts";
import { startRsyslogd, type SyslogReceiver, type SyslogTransport, whyNoRsyslogd } from "./rsyslogd.ts";
import { never, privateFile, sinkOf } from "./sinks.ts";
import { listening } from "./tcp.ts";

const whyNot = whyNoRsyslogd();
const transports = ["udp", "tcp", "tls"] as const;

const settings = (transport: SyslogTransport, port: number, more: object = {}) => ({
  name: "log",
  kind: "syslog",
  host: "localhost",
  port,
  transport,
  allowLoopback: true,
  ...more,
});

const sinkTo = (transport: SyslogTransport, { port, caFile }: SyslogReceiver, more: object = {}) =>
  sinkOf(settings(transport, port, { ...(transport === "tls" && { caFile }), ...more }));

async function arrived(receiver: SyslogReceiver, count: number) {
  await expect.poll(() => receiver.records().length, { timeout: 10_000 }).toBe(count);
  return receiver.records();
}

describe.skipIf(whyNot !== undefined)(`a real syslog receiver${whyNot === undefined ? "" : ` (${whyNot})`}`, () => {
  test.each(transports)("reads every part of a message (%s)", async (transport) => {
    const receiver = await startRsyslogd(transport);
    const sink = sinkTo(transport, receiver);
    expect(await sink.check(never)).toEqual({
      isHealthy: true,
      reached: transport === "udp" ? "unconfirmed" : "connected",
    });
    const notification = notificationOf({ title: 'said "]" \\ naïve 日本', details: { cmd: 'a="b"]\n\\c' } });
    expect(await sink.send(notification, never)).toEqual({ isConfirmed: transport !== "udp" });
    const [record] = await arrived(receiver, 1);
    expect(record).toMatchObject({
      pri: "83", // authpriv, error
      version: "1",
      host: "web-1",
      app: "holdfast",
      procid: String(process.pid),
      msgid: "alert",
      time: "2026-03-02T09:30:15.250Z",
    });
    expect(record!.msg.replace(/^\uFEFF/, "")).toBe(
      '[high] said "]" \\ naïve 日本 on web-1: /tmp/x was started by bash',
    );
    expect(record!.sd).toBe(
      String.raw`[holdfast@32473 id="al_7" seq="7" severity="high" rule="exec-from-tmp" count="1" firstSeenAt="2026-03-02T09:30:15.250Z" attack="T1059.004" d.cmd="a=\"b\"\]\\n\\c"]`,
    );
  });

  test.each(["tcp", "tls"] as const)(
    "gets one message for each, whatever is in it: octets are counted (%s)",
    async (transport) => {
      const receiver = await startRsyslogd(transport);
      const sink = sinkTo(transport, receiver, { maxBytes: 60_000 });
      const summaries = ["a\nb", "<34>1 - - - - - - forged", "日本".repeat(1_000), "x".repeat(4_000)];
      for (const [index, summary] of summaries.entries())
        await sink.send(notificationOf({ id: `al_${index}`, summary }), never);
      const records = await arrived(receiver, summaries.length);
      expect(records.map(({ sd }) => /id="([^"]*)"/.exec(sd)?.[1])).toEqual(["al_0", "al_1", "al_2", "al_3"]);
      expect(records[1]!.host).toBe("web-1");
    },
  );

  test.each([
    ["an authority that is not trusted", () => ({ caFile: privateFile(certifiedIdentity().ca) })],
    ["another name", () => ({ serverName: "other.example.org" })],
  ])("whose certificate has %s is told nothing", async (_name, more) => {
    const receiver = await startRsyslogd("tls");
    const sink = sinkTo("tls", receiver, more());
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({ code: "certificate_refused" });
    expect(receiver.records()).toEqual([]);
  });
});

describe("a syslog receiver that misbehaves", () => {
  test("and is not there is a failure, over UDP as well", async () => {
    const port = await freePort();
    await expect(sinkOf(settings("udp", port)).send(notificationOf(), never)).rejects.toMatchObject({
      code: "write_failed",
      isTransient: true,
    });
    await expect(sinkOf(settings("tcp", port)).send(notificationOf(), never)).rejects.toMatchObject({
      code: "connect_failed",
    });
  });

  test("and resets the connection after it took the bytes is a failure: nothing said that they were read", async () => {
    const port = await listening((socket) => socket.once("data", () => socket.resetAndDestroy()));
    await expect(sinkOf(settings("tcp", port)).send(notificationOf(), never)).rejects.toMatchObject({
      code: "write_failed",
      isTransient: true,
    });
  });

  test("and never closes has perhaps got it: it is said so", async () => {
    const port = await listening((socket) => socket.resume(), { allowHalfOpen: true });
    await expect(sinkOf(settings("tcp", port)).send(notificationOf(), never)).resolves.toEqual({ isConfirmed: false });
  });

  test("and ends a TLS connection in the middle is a failure", async () => {
    const port = await listening((socket) => socket.once("data", () => socket.end()));
    await expect(sinkOf(settings("tls", port)).send(notificationOf(), never)).rejects.toMatchObject({
      code: "tls_failed",
    });
  });
});
