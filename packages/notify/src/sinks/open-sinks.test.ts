import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../folder.fixture.ts";
import { type Receiver, startReceiver, status } from "../http/receiver.fixture.ts";
import { notificationOf } from "../notification.fixture.ts";
import { certifiedIdentity } from "../self-signed.fixture.ts";
import { parseSinks } from "../settings/parse-sinks.ts";
import { openSinks, type SinkSurroundings } from "./open-sinks.ts";
import { Secret } from "./secret.ts";
import { signedHeaders, signingKeys } from "./sign.ts";
import type { Sink } from "./sink.ts";

const never = new AbortController().signal;
const SECRET = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;

function file(text: string, mode = 0o600): string {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function opened(sink: object, surroundings: SinkSurroundings = {}) {
  const parsed = parseSinks([{ name: "ops", allowLoopback: true, ...sink }]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return openSinks(parsed.sinks, surroundings);
}

function sinkOf(sink: object, surroundings?: SinkSurroundings): Sink {
  const result = opened(sink, surroundings);
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.sinks[0]!.sink;
}

const webhookTo = (receiver: Receiver, more: object = {}) => ({
  kind: "webhook",
  url: receiver.url,
  caFile: file(receiver.ca, 0o644),
  secretFile: file(SECRET),
  ...more,
});

describe("a webhook", () => {
  test("is posted signed, dated, and with its id to know it again", async () => {
    const receiver = await startReceiver(status(201));
    const sink = sinkOf(webhookTo(receiver), { wallMs: () => 1_772_444_000_500 });
    await expect(sink.send(notificationOf(), never)).resolves.toEqual({ isConfirmed: true });
    const { headers, body } = receiver.received[0]!;
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "idempotency-key": "al_7",
      "webhook-id": "al_7",
      "webhook-timestamp": "1772444000",
      ...signedHeaders(signingKeys(new Secret(SECRET)), { id: "al_7", body, wallMs: 1_772_444_000_500 }),
    });
    expect(JSON.parse(body)).toMatchObject({ type: "alert.raised", data: { id: "al_7", ruleId: "exec-from-tmp" } });
  });

  test("has an authorization that stands in a file or in the credential store", async () => {
    const receiver = await startReceiver();
    const credential = (name: string) => new Secret(`Bearer ${name}`);
    await sinkOf(webhookTo(receiver, { authorizationFile: file("Bearer abc\n") })).send(notificationOf(), never);
    await sinkOf(webhookTo(receiver, { authorizationCredential: "ops" }), { credential }).send(notificationOf(), never);
    expect(receiver.received.map(({ headers }) => headers.authorization)).toEqual(["Bearer abc", "Bearer ops"]);
  });

  test("is checked as far as its certificate, without a request", async () => {
    const receiver = await startReceiver();
    expect(await sinkOf(webhookTo(receiver)).check(never)).toEqual({ isHealthy: true, reached: "connected" });
    expect(receiver.received).toEqual([]);
    const stranger = sinkOf(webhookTo(receiver, { caFile: file(certifiedIdentity().ca) }));
    expect(await stranger.check(never)).toMatchObject({ isHealthy: false, code: "certificate_refused" });
  });

  test("over plain HTTP reaches this host alone, wherever its name leads", async () => {
    const receiver = await startReceiver(status(200), "http");
    const url = receiver.url.replace("127.0.0.1", "localhost");
    await sinkOf({ ...webhookTo(receiver), url }).send(notificationOf(), never);
    expect(receiver.received).toHaveLength(1);
    const elsewhere = sinkOf({ ...webhookTo(receiver), url }, { lookup: async () => ["10.0.0.1"] });
    await expect(elsewhere.send(notificationOf(), never)).rejects.toMatchObject({ code: "address_refused" });
  });

  test("whose name leads to this host all of a sudden is refused each time (DNS rebinding)", async () => {
    const receiver = await startReceiver();
    const { port } = new URL(receiver.url);
    const sink = sinkOf(
      { ...webhookTo(receiver), allowLoopback: false, url: `https://alerts.example.org:${port}/hook` },
      { lookup: async () => ["127.0.0.1", "::1", "169.254.169.254"] },
    );
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({
      code: "address_refused",
      isTransient: false,
      message: `alerts.example.org:${port} is at an address that sinks may not reach`,
    });
    expect(receiver.received).toEqual([]);
  });
});

describe("chat", () => {
  test.each([
    ["slack", "blocks"],
    ["teams", "attachments"],
  ])("%s is posted to an address that is a secret, and shown nowhere", async (kind, member) => {
    const receiver = await startReceiver(status(404));
    const sink = sinkOf({ kind, caFile: file(receiver.ca), urlFile: file(`${receiver.url}/T0KEN-hunter2\n`) });
    const failure: unknown = await sink.send(notificationOf(), never).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "http_gone" });
    expect(inspect(failure, { depth: 9 })).not.toContain("hunter2");
    expect(receiver.received[0]).toMatchObject({
      path: "/hook/T0KEN-hunter2",
      headers: { "content-type": "application/json" },
    });
    expect(JSON.parse(receiver.received[0]!.body)).toHaveProperty(member);
  });

  test("an address in a secret meets the same rules as one in the settings", () => {
    const result = opened({ kind: "slack", allowLoopback: false, urlFile: file("https://127.0.0.1/hunter2") });
    expect(result).toMatchObject({
      ok: false,
      issues: [{ path: "ops", message: expect.stringContaining("may not reach") as string }],
    });
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });
});

describe("opening sinks", () => {
  const webhook = { kind: "webhook", url: "https://alerts.example.org/" };

  test.each([
    ["a secret that is not there", { secretFile: "/dev/null/secret" }, "/dev/null/secret cannot be read"],
    ["an empty secret", () => ({ secretFile: file("\n") }), "is empty"],
    [
      "a secret that others can read",
      () => ({ secretFile: file(SECRET, 0o640) }),
      "can be read by others; chmod 600 it",
    ],
    ["a secret that is a film", () => ({ secretFile: file("x".repeat(70_000)) }), "is larger than it may be"],
    ["a secret that is a device", () => ({ secretFile: "/dev/null" }), "is no regular file"],
    ["a secret that cannot sign", () => ({ secretFile: file("hunter2") }), "base64 of 24 to 64 bytes"],
    ["no credential store", { secretCredential: "ops" }, "there is no credential store to take ops from"],
    [
      "an authority that is none",
      () => ({ secretFile: file(SECRET), caFile: file("hunter2") }),
      "caFile holds no certificate in PEM",
    ],
    [
      "a key that is none",
      () => ({ secretFile: file(SECRET), certFile: file(certifiedIdentity().cert), keyFile: file("hunter2") }),
      "cannot be used",
    ],
    [
      "an authorization of two lines",
      () => ({ secretFile: file(SECRET), authorizationFile: file("Bearer a\r\nX-Evil: yes") }),
      "not one line",
    ],
  ])("says what is wrong: %s", (_name, more, expected) => {
    const result = opened({ ...webhook, ...(typeof more === "function" ? more() : more) });
    expect(result).toMatchObject({
      ok: false,
      issues: [{ path: "ops", message: expect.stringContaining(expected) as string }],
    });
    expect(JSON.stringify(result)).not.toContain("hunter2");
  });

  test("writes to the stream that it is given", async () => {
    const stdout = new PassThrough();
    await sinkOf({ kind: "stdout", allowLoopback: undefined }, { stdout }).send(notificationOf(), never);
    expect(JSON.parse(String(stdout.read()))).toMatchObject({ id: "al_7" });
  });
});
