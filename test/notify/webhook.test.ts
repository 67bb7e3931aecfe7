import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { notificationOf } from "../../packages/notify/src/notification.fixture.ts";
import { type HookServer, startNginx, whyNoNginx } from "./nginx.ts";
import { SIGNING_KEY } from "./receiver.ts";
import { never, privateFile, sinkOf } from "./sinks.ts";

const whyNot = whyNoNginx();

const sinkTo = (server: HookServer, path: string, more: object = {}) =>
  sinkOf({
    name: "hook",
    kind: "webhook",
    url: `${server.origin}${path}`,
    allowLoopback: true,
    caFile: server.caFile,
    secretFile: privateFile(`whsec_${SIGNING_KEY.toString("base64")}`),
    ...more,
  });

/** By a program that shares no code with ours. */
function hmacByOpenssl(content: string): string {
  const words = ["dgst", "-sha256", "-mac", "HMAC", "-macopt", `hexkey:${SIGNING_KEY.toString("hex")}`, "-binary"];
  return execFileSync("openssl", words, { input: content }).toString("base64");
}

describe.skipIf(whyNot !== undefined)(`a real web server${whyNot === undefined ? "" : ` (${whyNot})`}`, () => {
  test("gets a signed body, and its 201 is success", async () => {
    const server = await startNginx();
    const sink = sinkTo(server, "/hook");
    expect(await sink.check(never)).toEqual({ isHealthy: true, reached: "connected" });
    const notification = notificationOf({ title: 'naïve "日本" \\ \u0000', details: { big: "x".repeat(2_000) } });
    expect(await sink.send(notification, never)).toEqual({ isConfirmed: true });
    await expect.poll(() => server.requests().length).toBe(1);
    const [request] = server.requests();
    expect(request).toMatchObject({ id: "al_7", key: "al_7", type: "application/json", protocol: "TLSv1.3" });
    expect(JSON.parse(request!.body)).toMatchObject({
      type: "alert.raised",
      data: { title: notification.title, details: notification.details, firstSeenAt: "2026-03-02T09:30:15.250Z" },
    });
    expect(request!.signature).toBe(`v1,${hmacByOpenssl(`al_7.${request!.timestamp}.${request!.body}`)}`);
    expect(Math.abs(Number(request!.timestamp) * 1_000 - Date.now())).toBeLessThan(60_000);
  });

  test.each([
    ["/gone", { code: "http_gone", isTransient: false }],
    ["/broken", { code: "http_failed", isTransient: true }],
    ["/small", { code: "http_rejected", isTransient: false, blames: "message" }],
    ["/moved", { code: "redirect_refused", isTransient: false }],
    ["/away", { code: "redirect_refused", isTransient: false }],
  ])("that answers as %s does is understood", async (path, expected) => {
    const server = await startNginx();
    await expect(sinkTo(server, path).send(notificationOf(), never)).rejects.toMatchObject(expected);
    expect(server.requests()).toEqual([]);
  });

  test("that limits its clients is given time", async () => {
    const server = await startNginx();
    const sink = sinkTo(server, "/busy");
    await sink.send(notificationOf(), never);
    await expect(sink.send(notificationOf(), never)).rejects.toMatchObject({ code: "throttled", retryAfterMs: 7_000 });
  });

  test("gets what chat services get", async () => {
    const server = await startNginx();
    for (const kind of ["slack", "teams"]) {
      await sinkTo(server, `/hook/${kind}`, { kind, secretFile: undefined }).send(notificationOf(), never);
    }
    await expect.poll(() => server.requests().length).toBe(2);
    const [slack, teams] = server.requests().map(({ body }) => JSON.parse(body) as unknown);
    expect(slack).toHaveProperty("blocks");
    expect(teams).toHaveProperty("attachments");
  });
});
