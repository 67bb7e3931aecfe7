import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { notificationOf } from "../../packages/notify/src/notification.fixture.ts";
import { certifiedIdentity } from "../../packages/notify/src/self-signed.fixture.ts";
import { LOGIN, type MailServer, startExim, whyNoExim } from "./exim.ts";
import { never, privateFile, sinkOf } from "./sinks.ts";
import { listening } from "./tcp.ts";

const whyNot = whyNoExim();

const settings = (server: Pick<MailServer, "port" | "caFile">, more: object = {}) => ({
  name: "mail",
  kind: "smtp",
  host: "localhost",
  port: server.port,
  allowLoopback: true,
  caFile: server.caFile,
  from: "holdfast@example.org",
  to: ["ops@example.org"],
  ...more,
});

/** Exim delivers after it has answered. */
async function arrived(server: MailServer, mailbox: string, count = 1): Promise<readonly string[]> {
  await expect.poll(() => server.mails(mailbox).length, { timeout: 10_000 }).toBe(count);
  return server.mails(mailbox);
}

const header = (mail: string, name: string) => new RegExp(`^${name}: (.*(?:\\n[ \\t].*)*)`, "im").exec(mail)?.[1];

describe.skipIf(whyNot !== undefined)(`a real mail server${whyNot === undefined ? "" : ` (${whyNot})`}`, () => {
  test("gets a mail over STARTTLS, with an id that stays the same when it is sent again", async () => {
    const server = await startExim();
    const sink = sinkOf(settings(server));
    expect(await sink.check(never)).toEqual({ isHealthy: true, reached: "connected" });
    for (let sends = 0; sends < 2; sends += 1) {
      expect(await sink.send(notificationOf(), never)).toEqual({ isConfirmed: true });
    }
    const mails = await arrived(server, "ops", 2);
    expect(mails.map((mail) => header(mail, "Message-ID"))).toEqual(["<al_7@example.org>", "<al_7@example.org>"]);
    const [mail] = mails;
    expect(header(mail!, "Received")).toMatch(/esmtps.*TLS1\.3/s);
    expect(header(mail!, "Subject")).toBe("[high] Program run from a temporary folder on web-1");
    expect(header(mail!, "From")).toBe("Holdfast <holdfast@example.org>");
    expect(header(mail!, "Auto-Submitted")).toBe("auto-generated");
    expect(header(mail!, "X-Holdfast-Rule")).toBe("exec-from-tmp");
    expect(mail).toContain("\npath: /tmp/x\npid: 4242\nparent: /usr/bin/bash\n");
  });

  test("is logged in to over TLS from the first byte", async () => {
    const server = await startExim();
    const login = {
      port: server.tlsPort,
      security: "implicit",
      user: LOGIN.user,
      passwordFile: privateFile(LOGIN.password),
      to: ["strict@example.org"],
    };
    const sink = sinkOf(settings(server, login));
    expect(await sink.check(never)).toEqual({ isHealthy: true, reached: "authenticated" });
    await sink.send(notificationOf(), never);
    const [mail] = await arrived(server, "strict");
    expect(header(mail!, "Received")).toMatch(/esmtpsa/);
  });

  test("that refuses a log-in is not told anything, and the password is shown nowhere", async () => {
    const server = await startExim();
    const sink = sinkOf(settings(server, { user: LOGIN.user, passwordFile: privateFile("hunter2") }));
    const failure: unknown = await sink.send(notificationOf(), never).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "smtp_unauthorized",
      isTransient: false,
      message: `localhost:${server.port} answered 535 to AUTH PLAIN`,
    });
    expect(await sink.check(never)).toMatchObject({ isHealthy: false, code: "smtp_unauthorized" });
    expect(server.mails("ops")).toEqual([]);
  });

  test("without STARTTLS is sent nothing, and no password either", async () => {
    const server = await startExim({ plain: true });
    const sink = sinkOf(settings(server, { user: LOGIN.user, passwordFile: privateFile(LOGIN.password) }));
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({
      code: "tls_unavailable",
      isTransient: false,
    });
    const plain = sinkOf(settings(server, { security: "none" }));
    await plain.send(notificationOf({ id: "al_8" }), never);
    expect(header((await arrived(server, "ops"))[0]!, "Received")).toMatch(/with esmtp /);
  });

  test("that offers no log-in is not sent to without one", async () => {
    const server = await startExim({ plain: true });
    const sink = sinkOf(
      settings(server, { security: "none", user: LOGIN.user, passwordFile: privateFile(LOGIN.password) }),
    );
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({ code: "smtp_unauthorized" });
    expect(server.mails("ops")).toEqual([]);
  });

  test.each(["starttls", "implicit"])("whose certificate is not trusted is told nothing (%s)", async (security) => {
    const server = await startExim();
    const caFile = privateFile(certifiedIdentity().ca);
    const port = security === "implicit" ? server.tlsPort : server.port;
    const sink = sinkOf(settings({ ...server, caFile }, { security, port }));
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({
      code: "certificate_refused",
      isTransient: true,
    });
    const otherName = sinkOf(settings(server, { security, port, serverName: "other.example.org" }));
    await expect(otherName.send(notificationOf(), never)).rejects.toMatchObject({ code: "certificate_refused" });
    expect(server.mails("ops")).toEqual([]);
  });

  test("delivers to those who exist, and it is told how many do not", async () => {
    const server = await startExim();
    const some = sinkOf(settings(server, { to: ["ops@example.org", "nobody@example.org"] }));
    expect(await some.send(notificationOf(), never)).toEqual({ isConfirmed: true, refusedRecipients: 1 });
    await arrived(server, "ops");
    const none = sinkOf(settings(server, { to: ["nobody@example.org"] }));
    const failure: unknown = await none.send(notificationOf(), never).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "smtp_rejected",
      isTransient: false,
      message: `localhost:${server.port} answered 550 to RCPT TO`,
    });
  });

  test("that puts one recipient off is tried again", async () => {
    const server = await startExim();
    const sink = sinkOf(settings(server, { to: ["ops@example.org", "later@example.org"] }));
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({
      code: "smtp_deferred",
      isTransient: true,
    });
  });

  test("that refuses a message refuses that message", async () => {
    const server = await startExim();
    const refused = sinkOf(settings(server)).send(notificationOf({ title: "refuse me" }), never);
    await expect(refused).rejects.toMatchObject({ code: "smtp_rejected", blames: "message" });
  });

  test("gets one mail with one set of headers, whatever a host says (header injection)", async () => {
    const server = await startExim();
    await sinkOf(settings(server)).send(
      notificationOf({
        title: "x\r\nBcc: strict@example.org\r\nSubject: quiet\r\n\r\nbody",
        host: "h\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
        summary: "one\r\n.\r\nQUIT\r\n",
        ruleId: "r\nX-Evil: yes",
        details: { "cmd\r\nX-Evil": "y\r\n.\r\n" },
      }),
      never,
    );
    const [mail] = await arrived(server, "ops");
    const [headers] = mail!.split("\n\n");
    expect(headers).not.toMatch(/^(?:X-Evil|Bcc):/im);
    expect(headers!.match(/^Subject:/gim)).toHaveLength(1);
    expect(server.mails("strict")).toEqual([]);
  });
});

describe("a mail server that misbehaves", () => {
  const identity = certifiedIdentity();
  const sinkTo = (port: number, more: object = {}) =>
    sinkOf(settings({ port, caFile: privateFile(identity.ca) }, { responseTimeoutSeconds: 0.2, ...more }));

  test.each([
    ["says nothing", () => undefined, "response_timeout"],
    ["ends the connection", (socket: Socket) => socket.end(), "smtp_failed"],
    [
      "resets it",
      (socket: Socket) => socket.once("data", () => socket.resetAndDestroy()).write("220 mail\r\n"),
      "smtp_failed",
    ],
    ["speaks HTTP", (socket: Socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), "smtp_failed"],
    ["is not at home", (socket: Socket) => socket.end("421 later\r\n"), "smtp_deferred"],
    [
      "never ends its answer",
      (socket: Socket) => socket.write(`220-${"x".repeat(100_000)}\r\n`.repeat(2)),
      "smtp_failed",
    ],
  ] as const)("and %s is a failure that may pass", async (_name, handle, code) => {
    const port = await listening(handle);
    await expect(sinkTo(port).send(notificationOf(), never)).rejects.toMatchObject({ code, isTransient: true });
  });

  test("and injects an answer before TLS begins is not believed", async () => {
    const port = await listening((socket) => {
      socket.write("220 mail.example.org ESMTP\r\n");
      socket.on("data", (chunk: Buffer) => {
        const said = chunk.toString();
        if (said.startsWith("EHLO")) socket.write("250-mail\r\n250 STARTTLS\r\n");
        if (said.startsWith("STARTTLS")) socket.write("220 go\r\n250 AUTH PLAIN\r\n");
      });
    });
    await expect(sinkTo(port).send(notificationOf(), never)).rejects.toMatchObject({ isTransient: true });
  });

  test("is let go when it is called off", async () => {
    const calledOff = new AbortController();
    const port = await listening(() => calledOff.abort());
    const sink = sinkTo(port, { responseTimeoutSeconds: 60 });
    await expect(sink.send(notificationOf(), calledOff.signal)).rejects.toMatchObject({ code: "cancelled" });
  });
});
