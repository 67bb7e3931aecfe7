import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@holdfast/client";
import { operations } from "@holdfast/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call } from "../command.ts";
import { failureOfClient } from "../failure-of-client.ts";
import type { Settings } from "../settings.ts";
import { socketConnection } from "./socket-connection.ts";

const settings: Settings = {
  program: "server",
  isJson: false,
  address: undefined,
  socket: undefined,
  token: "hft_token",
  caFile: undefined,
  tenant: "acme",
};
const folder = mkdtempSync(join(tmpdir(), "holdfast-fast-"));
const path = join(folder, "socket");
let reply: { status: number; type: string; body: string };
const seen: { method: unknown; url: unknown; tenant: unknown; authorization: unknown; type: unknown; body: string }[] =
  [];

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const { method, url, headers } = request;
    const { authorization } = headers;
    const body = Buffer.concat(pieces).toString();
    seen.push({ method, url, tenant: headers["holdfast-tenant"], authorization, type: headers["content-type"], body });
    response.writeHead(reply.status, { "content-type": reply.type }).end(reply.body);
  });
});
beforeAll(async () => {
  await once(server.listen(path), "listening");
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const fast = socketConnection(() => ({ via: "socket", path, shownPath: path, allowedUids: undefined }), settings);
const client = createClient({ socketPath: path, token: "hft_token", tenant: "acme", retries: 0 });

/** What both ways send and give, or how they refuse. */
async function both(name: Parameters<Call>[0], input: object) {
  const outcomes = [];
  for (const call of [fast.call, client.call] as Call[]) {
    const outcome = await call(name, input as never).catch((error: unknown) =>
      failureOfClient(error, !operations[name].mutation),
    );
    outcomes.push({ outcome, request: seen.pop() });
  }
  return outcomes as [{ outcome: unknown; request: (typeof seen)[0] }, unknown];
}

describe("the quick way and the SDK", () => {
  it.each([
    ["secret.read", { key: "a/b c/é&=+" }],
    ["secret.read-version", { key: "a/b", version: 3 }],
    ["config.put", { key: "a", value: { n: 1 }, cas: 0, metadata: { a: "b" }, note: "n" }],
    ["secret.put", { key: "a", value: "AAE=", contentType: "text/x", encoding: "base64" }],
    ["registry.tree", { prefix: "a/b&c=d", depth: 1, after: "x y" }],
    ["registry.tree", {}],
    ["status", {}],
  ] as const)("send the same request for %s %o", async (name, input) => {
    reply = { status: 200, type: "application/json", body: '{"value":1.10,"items":[]}' };
    const [quick, slow] = await both(name, input);
    expect(quick).toEqual(slow);
    expect(quick.request).toMatchObject({ tenant: "acme", authorization: "Bearer hft_token" });
    expect(JSON.stringify(quick.outcome)).toBe('{"value":1.10,"items":[]}');
  });

  it.each([
    [404, "not_found", 3],
    [403, "forbidden", 4],
    [401, "unauthenticated", 4],
    [409, "version_mismatch", 5],
    [412, "version_mismatch", 5],
    [400, "invalid_input", 1],
    [429, "rate_limited", 8],
    [503, "sealed", 8],
    [503, "storage_failed", 8],
    [500, "internal", 1],
  ])("refuse alike for %i %s, with exit code %i", async (status, code, exitCode) => {
    const problem = {
      status,
      code,
      title: "No",
      detail: "It is not so.",
      hint: "Do so.",
      errors: [{ pointer: "/a", message: "m" }],
    };
    reply = { status, type: "application/problem+json", body: JSON.stringify(problem) };
    const [quick, slow] = await both("secret.read", { key: "a" });
    expect(quick).toEqual(slow);
    expect(quick.outcome).toMatchObject({ exitCode, code, message: "It is not so. (/a m)" });
  });

  it("tell a change that storage failed on from what may just be tried again", async () => {
    const problem = { code: "storage_failed", title: "Storage failed", hint: "Read the state." };
    reply = { status: 503, type: "application/problem+json", body: JSON.stringify(problem) };
    const [quick, slow] = await both("config.put", { key: "a", value: {} });
    expect(quick).toEqual(slow);
    expect(quick.outcome).toMatchObject({ exitCode: 1, code: "storage_failed" });
  });

  it.each([
    ["another media type", { status: 200, type: "text/html", body: "<html>" }],
    ["an unexpected status", { status: 302, type: "application/json", body: "{}" }],
    ["what is not JSON", { status: 200, type: "application/json", body: "{" }],
  ])("both refuse %s", async (_, answer) => {
    reply = answer;
    for (const { outcome } of (await both("secret.read", { key: "a" })) as { outcome: unknown }[]) {
      expect(outcome).toBeInstanceOf(Error);
    }
  });

  it.each(["", "a/../b", "a//b", "/a", "a/versions/3", "a%2fb", "a:undelete"])(
    "send nothing for the path %o",
    async (key) => {
      for (const { outcome, request } of (await both("secret.read", { key })) as {
        outcome: unknown;
        request: unknown;
      }[]) {
        expect(request).toBeUndefined();
        expect(outcome).toMatchObject({ exitCode: 2, code: "path_not_canonical" });
      }
    },
  );
});
