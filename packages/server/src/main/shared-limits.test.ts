import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net, { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RateLimiter } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test, vi } from "vitest";
import { authorityKeys, certifyAuthority, issueListenerCertificate } from "./certificates.ts";
import { rateScript } from "./rate-script.ts";
import type { RedisSettings } from "./redis-settings.ts";
import { freePort, hasRedis, RedisServer, SlowNetwork } from "./redis.fixture.ts";
import { createSharedLimiters, type SharedLimiters } from "./shared-limits.ts";

const tight = { perSecond: 0.001, burst: 10 };
const now = () => Date.now();

const ending: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ending.splice(0).toReversed()) await end();
});

function closing<T extends { close(): unknown }>(thing: T): T {
  ending.push(() => thing.close());
  return thing;
}

interface Given extends Partial<RedisSettings> {
  readonly port: number;
  readonly secret?: Uint8Array;
  readonly deadlineMs?: number;
}

/** A node; its deadline is long, because a machine that tests is often busy. */
function node({ secret = Buffer.alloc(32, 7), deadlineMs = 5_000, ...redis }: Given) {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const settings = {
    redis: { host: "127.0.0.1", database: 0, tls: false, ...redis } as const,
    secret,
    rates: { actor: tight, address: undefined, stranger: tight },
  };
  const limits = closing(createSharedLimiters(settings, log, { deadlineMs }));
  return { limits, log, take: async (key = "ac_alice") => limits.actor!.take(key, now()) };
}

async function redisServer(options: readonly string[] = []): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  ending.push(() => server.stop());
  return server;
}

async function client(port: number): Promise<Redis> {
  const redis = new Redis({ port, host: "127.0.0.1" });
  ending.push(() => redis.disconnect());
  await once(redis, "ready");
  return redis;
}

const until = (limits: SharedLimiters, state: string, detail = "") =>
  vi.waitFor(
    () => {
      expect(limits.feature()).toMatchObject({ state, detail: expect.stringContaining(detail) as unknown });
    },
    { timeout: 8_000, interval: 20 },
  );

describe("limits without their Redis", () => {
  test("are those of the node itself, at once, and say so in the log a single time", async () => {
    const { limits, log } = node({ port: await freePort() });
    await until(limits, "degraded", "cannot be reached (ECONNREFUSED); each node counts alone");
    const verdicts = Array.from({ length: 12 }, () => limits.actor!.take("ac_alice", now()));
    expect(verdicts.map((verdict) => "allowed" in verdict && verdict.allowed)).toEqual([
      ...Array.from({ length: 10 }, () => true),
      false,
      false,
    ]);
    expect(verdicts[0]).toMatchObject({ allowed: true, remaining: 9 });
    const tries = vi.spyOn(net, "createConnection");
    await vi.waitFor(() => expect(tries.mock.calls.length).toBeGreaterThan(2), 8_000);
    expect(log.warn).toHaveBeenCalledOnce();
    expect(log.error).not.toHaveBeenCalled();
  });

  test("are there only for the rates that are set", async () => {
    const { limits } = node({ port: await freePort() });
    expect(limits.address).toBeUndefined();
    expect(limits.stranger!.take("192.0.2.1", now())).toMatchObject({ allowed: true });
  });

  test("go on when what listens there never answers, or answers what no Redis says", async () => {
    for (const answer of [undefined, "HTTP/1.1 400 Bad Request\r\n\r\n", ":1\r\n"]) {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.on("data", () => answer !== undefined && socket.write(answer));
        ending.push(() => socket.destroy());
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      closing(server);
      const { limits, take } = node({ port: (server.address() as AddressInfo).port, deadlineMs: 50 });
      await until(limits, "degraded", "Redis");
      expect(await take()).toMatchObject({ allowed: true, remaining: 9 });
    }
  });

  test("are quiet once they are closed", async () => {
    const port = await freePort();
    const { limits, log, take } = node({ port });
    limits.close();
    expect(await take()).toMatchObject({ allowed: true });
    // What was begun before this one is refused before it.
    await expect(once(net.connect({ port, host: "127.0.0.1" }), "connect")).rejects.toThrow("ECONNREFUSED");
    expect([log.warn, log.info, log.error].flatMap(({ mock }) => mock.calls)).toEqual([]);
    expect(limits.feature()).toMatchObject({ state: "degraded" });
  });
});

describe.skipIf(!hasRedis)("limits that nodes share (needs redis-server)", { timeout: 30_000 }, () => {
  test("have one bucket for each key, whichever node is asked, and count it down together", async () => {
    const { port } = await redisServer();
    const [one, two] = [node({ port }), node({ port })];
    await Promise.all([until(one.limits, "available"), until(two.limits, "available")]);
    const remaining: number[] = [];
    for (let call = 0; call < 10; call++) remaining.push((await (call % 2 === 0 ? one : two).take()).remaining);
    expect(remaining).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    const refused = await one.take();
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.resetSeconds).toBeGreaterThan(900);
    expect(refused.resetSeconds).toBeLessThanOrEqual(1_000);
    expect(await two.take("ac_bob")).toMatchObject({ allowed: true, remaining: 9 });
    expect(await two.limits.stranger!.take("ac_alice", now())).toMatchObject({ allowed: true, remaining: 9 });
  });

  test("never give away more than there is to nodes that ask at the same moment", async () => {
    const { port } = await redisServer();
    const nodes = [node({ port }), node({ port }), node({ port })];
    await Promise.all(nodes.map(({ limits }) => until(limits, "available")));
    const verdicts = await Promise.all(Array.from({ length: 27 }, (_, call) => nodes[call % 3]!.take()));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(10);
  });

  test("let no flood through to Redis: what is too much for the node is refused by the node", async () => {
    const { port } = await redisServer();
    const { limits, take } = node({ port });
    await until(limits, "available");
    for (let call = 0; call < 10; call++) await take();
    const redis = await client(port);
    const commands = async () => Number(/total_commands_processed:(\d+)/.exec(await redis.info("stats"))?.[1]);
    const before = await commands();
    for (let call = 0; call < 100; call++) {
      expect(limits.actor!.take("ac_alice", now())).toMatchObject({ allowed: false });
    }
    expect((await commands()) - before).toBeLessThan(10);
  });

  test("leave in Redis neither names nor addresses, only numbers that go by themselves", async () => {
    const { port } = await redisServer();
    const { limits, take } = node({ port });
    const other = node({ port, secret: Buffer.alloc(32, 8) });
    await Promise.all([until(limits, "available"), until(other.limits, "available")]);
    await take("ac_alice");
    await limits.stranger!.take("192.0.2.77", now());
    expect(await other.take("ac_alice")).toMatchObject({ remaining: 9 });
    const redis = await client(port);
    const keys = await redis.keys("holdfast:rate:*");
    expect(keys.filter((key) => !key.endsWith("probe"))).toHaveLength(3);
    for (const key of keys) {
      expect(key).toMatch(/^holdfast:rate:(?:[\w-]{43}|probe)$/);
      expect(await redis.get(key)).toMatch(/^\d{13}(?:\.\d+)?$/);
      expect(await redis.pttl(key)).toBeGreaterThan(0);
      expect(await redis.pttl(key)).toBeLessThanOrEqual(1_000_000);
    }
  });

  test("are given the script again by a Redis that has forgotten it", async () => {
    const { port } = await redisServer();
    const { limits, log, take } = node({ port });
    await until(limits, "available");
    await take();
    await (await client(port)).script("FLUSH");
    expect(await take()).toMatchObject({ allowed: true, remaining: 8 });
    expect(log.warn).not.toHaveBeenCalled();
  });

  test("are those of each node while Redis is gone, with what it has counted so far, and are shared again after", async () => {
    const server = await redisServer();
    const [one, two] = [node({ port: server.port }), node({ port: server.port })];
    await Promise.all([until(one.limits, "available"), until(two.limits, "available")]);
    for (let call = 0; call < 4; call++) await one.take();
    await server.kill();
    const during = await Promise.all([one.take(), two.take()]);
    expect(during).toMatchObject([
      { allowed: true, remaining: 5 },
      { allowed: true, remaining: 9 },
    ]);
    await Promise.all([until(one.limits, "degraded"), until(two.limits, "degraded")]);
    await server.run();
    await Promise.all([until(one.limits, "available"), until(two.limits, "available")]);
    expect(await two.take("ac_bob")).toMatchObject({ remaining: 9 });
    expect(await one.take("ac_bob")).toMatchObject({ remaining: 8 });
    expect(one.log.warn).toHaveBeenCalledOnce();
    expect(one.log.info).toHaveBeenCalledTimes(2);
  });

  test("wait for no Redis that answers too late, and use it again when it is quick", async () => {
    const { port } = await redisServer();
    const network = closing(new SlowNetwork(port));
    const { limits, take } = node({ port: await network.listen(), deadlineMs: 100 });
    await until(limits, "available");
    expect(await take()).toMatchObject({ remaining: 9 });
    network.delayMs = 300;
    // Each of the first three is counted here after the deadline; then nobody is made to wait.
    for (let call = 0; call < 3; call++) expect(await take()).toMatchObject({ allowed: true, remaining: 8 - call });
    expect(limits.feature()).toMatchObject({
      state: "degraded",
      detail: expect.stringContaining("too late") as unknown,
    });
    expect(limits.actor!.take("ac_alice", now())).toMatchObject({ allowed: true, remaining: 5 });
    network.delayMs = 0;
    await until(limits, "available");
    expect(await take()).toMatchObject({ allowed: true });
  });

  test("say that the password is wrong, and not what it is", async () => {
    const { port } = await redisServer(["--requirepass", "right-password"]);
    for (const given of [{}, { password: "hunter2-wrong" }]) {
      const { limits, log, take } = node({ port, ...given });
      await until(limits, "degraded", "Redis refuses the password");
      expect(await take()).toMatchObject({ allowed: true, remaining: 9 });
      expect(JSON.stringify([log.warn.mock.calls, limits.feature()])).not.toContain("hunter2");
    }
    const right = node({ port, password: "right-password" });
    await until(right.limits, "available");
    expect(await right.take("ac_carol")).toMatchObject({ allowed: true });
  });

  test("need no more of Redis than the script and its keys", async () => {
    const { port } = await redisServer();
    const redis = await client(port);
    await redis.call(
      "ACL",
      "SETUSER",
      "node",
      "on",
      ">pass",
      "~holdfast:rate:*",
      "+eval",
      "+evalsha",
      "+get",
      "+set",
      "+time",
    );
    await redis.call("ACL", "SETUSER", "none", "on", ">pass", "~*", "+get");
    const [allowed, denied] = ["node", "none"].map((user) => node({ port, user, password: "pass" }));
    await until(allowed!.limits, "available");
    await until(denied!.limits, "degraded", "does not let its user run the script");
  });

  test("go by TLS only to a Redis whose certificate verifies, its name included", async () => {
    const authority = { keys: await authorityKeys(random(32)), certificate: "" };
    authority.certificate = await certifyAuthority(authority.keys, "test", now());
    const issued = await issueListenerCertificate(authority, [], now());
    const folder = mkdtempSync(join(tmpdir(), "holdfast-redis-tls-"));
    ending.push(() => rmSync(folder, { recursive: true, force: true }));
    const path = (name: string) => join(folder, `${name}.pem`);
    for (const [name, pem] of Object.entries({ ca: authority.certificate, ...issued })) writeFileSync(path(name), pem);
    const files = ["--tls-cert-file", path("cert"), "--tls-key-file", path("key"), "--tls-ca-cert-file", path("ca")];
    const port = await freePort();
    const encrypted = ["--tls-port", String(port), "--port", "0", "--tls-auth-clients", "no", ...files];
    const server = await RedisServer.start(encrypted, port);
    ending.push(() => server.stop());
    const tls = { ca: authority.certificate };
    await until(node({ port, host: "localhost", tls }).limits, "available");
    await until(node({ port, host: "127.0.0.1", tls }).limits, "available");
    await until(node({ port, host: "127.0.0.2", tls }).limits, "degraded", "(ERR_TLS_CERT_ALTNAME_INVALID)");
    await until(node({ port, host: "localhost", tls: {} }).limits, "degraded", "does not verify (SELF_SIGNED_CERT");
  });

  test("judge as the engine does", async () => {
    const { port } = await redisServer();
    const redis = await client(port);
    // At the time that the test gives, and without forgetting, which goes by Redis's clock.
    const atGivenTime = rateScript
      .replace('redis.call("TIME")', "{ ARGV[3], ARGV[4] }")
      .replace(', "PX", math.ceil(after - now)', "");
    expect(atGivenTime).not.toMatch(/TIME|PX/);
    const rates = fc.record({ perSecond: fc.integer({ min: 1, max: 10_000 }), burst: fc.integer({ min: 1, max: 50 }) });
    const gaps = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -90_000, max: 2_000 })), {
      minLength: 1,
      maxLength: 60,
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(rates, gaps, async (rate, steps) => {
        const [key, engine] = [`test:${++runs}`, new RateLimiter(rate)];
        let at = 1_700_000_000_000;
        for (const step of steps) {
          at += step;
          const asked = [String(1000 / rate.perSecond), String(rate.burst), Math.floor(at / 1000), (at % 1000) * 1000];
          const [allowed, remaining, micros] = (await redis.eval(atGivenTime, 1, key, ...asked)) as number[];
          const verdict = engine.take("k", at);
          expect([allowed === 1, remaining]).toEqual([verdict.allowed, verdict.remaining]);
          expect(Math.abs(micros! / 1_000_000 - verdict.resetSeconds)).toBeLessThan(0.001);
        }
      }),
      { numRuns: 100 },
    );
  });
});
