import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
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

const PYTHON = ["/usr/bin/python3", "/usr/local/bin/python3"].find((path) => existsSync(path));
const CHECKER = `import base64, hashlib, hmac, sys
print(base64.b64encode(hmac.new(bytes.fromhex(sys.argv[1]), sys.stdin.buffer.read(), hashlib.sha256).digest()).decode())`;

/** By a program that shares no code with ours. */
function hmacByPython(content: string): string {
  return execFileSync(PYTHON!, ["-c", CHECKER, SIGNING_KEY.toString("hex")], { input: content })
    .toString()
    .trim();
}

describe.skipIf(whyNot !== undefined)(`a real web server${whyNot === undefined ? "" : ` (${whyNot})`}`, () => {
  test("gets a signed body, and its 201 is success", async ({ skip }) => {
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
    skip(PYTHON === undefined, "there is no python3 to check the signature with");
    expect(request!.signature).toBe(`v1,${hmacByPython(`al_7.${request!.timestamp}.${request!.body}`)}`);
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
