import { connect, type ConnectionOptions } from "node:tls";
import { readFileSync, statSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.ts";
import { nextSeq } from "./ledger.ts";
import { storage } from "./storage.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("pages", () => {
  it("need no credential, hold nothing of a tenant's, and leave no entry", async () => {
    const { administrator, stranger } = world;
    (await administrator.put("/api/secrets/person/jane-doe", { value: "hidden" })).output();
    const before = await nextSeq(administrator);
    for (const wire of [stranger, administrator, stranger.bearing("hft_invalid")]) {
      expect((await wire.get("/healthz")).text).toBe("ok\n");
      expect((await wire.get("/readyz")).text).toBe("ready\n");
      const { text } = await wire.get("/metrics");
      expect(text).not.toMatch(/jane|hidden|main|tn_|ac_|tk_/);
    }
    expect(await nextSeq(administrator)).toBe(before + 1);
  });

  it("describe the API so that an outsider's validator takes it, and all of it", async () => {
    const { json } = await world.stranger.get("/openapi.json");
    const { valid, errors } = await new Validator().validate(json as Record<string, unknown>);
    expect({ valid, errors }).toMatchObject({ valid: true });
    const document = json as { openapi: string; paths: Record<string, Record<string, { operationId?: string }>> };
    expect(document.openapi).toMatch(/^3\.1\./);
    const described = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((one) => one.operationId),
    );
    const names = Object.keys(catalogue.operations).map((name) =>
      name.replaceAll(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(new Set(described)).toEqual(new Set(names));
  });

  it("count what the server did, by operation and outcome", async () => {
    const counted = async (operation: string, outcome: string) => {
      const { text } = await world.stranger.get("/metrics");
      const line = `holdfast_request_duration_seconds_count{operation="${operation}",outcome="${outcome}"} `;
      return Number(
        text
          .split("\n")
          .find((one) => one.startsWith(line))
          ?.slice(line.length) ?? 0,
      );
    };
    const before = await counted("secret.read", "failed");
    await world.administrator.get("/api/secrets/no/such");
    expect(await counted("secret.read", "failed")).toBe(before + 1);
    const strays = async () => (await world.stranger.get("/metrics")).text.match(/holdfast_stray_requests_total\{.*/g);
    await world.stranger.get("/no/such/page");
    expect((await strays())?.join()).toContain('code="not_found"');
    const { text } = await world.stranger.get("/metrics");
    for (const name of [
      "decision_duration_seconds",
      "commit_batch_size",
      "commit_duration_seconds",
      "fsync_duration_seconds",
      "queue_depth",
      "queue_age_seconds",
      "stale_retries_total",
      "cache_hits",
      "ledger_entries",
      "checkpoint_age_seconds",
    ]) {
      expect(text).toContain(`\n# TYPE holdfast_${name} `);
    }
  });
});

describe("status", () => {
  it("says who one is, where one is, and which features are there", async () => {
    const bearer = await world.bearer({ roles: [], name: "deploy" });
    const { features, ...status } = (await bearer.wire.get("/api/status")).output<{ features: { name: string }[] }>();
    expect(status).toMatchObject({ tenant: "main", actor: "deploy", seal: { sealed: false } });
    expect(features.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["memory-protection", "no-core-files", "checkpoint-second-place", "ledger-verification"]),
    );
  });
});

describe("the network door", () => {
  const handshake = (options: ConnectionOptions): Promise<string> => {
    const { hostname, port } = new URL(world.server.address);
    const { promise, resolve } = Promise.withResolvers<string>();
    const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(world.server.caPath), ...options });
    socket.once("secureConnect", () => {
      resolve(`${socket.getProtocol()} ${socket.getCipher().name}`);
      socket.destroy();
    });
    socket.once("error", () => resolve("refused"));
    return promise;
  };

  it("speaks TLS 1.3 only, with a certificate of its own CA", async () => {
    expect(await handshake({})).toMatch(/^TLSv1\.3 TLS_(AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256)$/);
    for (const version of ["TLSv1.2", "TLSv1.1"] as const) {
      expect(await handshake({ minVersion: "TLSv1", maxVersion: version })).toBe("refused");
    }
    expect(await handshake({ ciphers: "TLS_AES_128_GCM_SHA256" })).toBe("refused");
    expect(await handshake({ ca: [] })).toBe("refused");
  });

  it("gives nobody an identity by address", async () => {
    for (const name of ["x-forwarded-for", "x-real-ip", "x-client-cert", "x-remote-user", "forwarded"]) {
      const answer = await world.stranger.get("/api/status", { headers: { [name]: "127.0.0.1" } });
      expect(answer.code).toBe("unauthenticated");
    }
  });
});

describe("the data folder", () => {
  it("is its owner's alone", () => {
    const { dataDir, socketPath } = world.server;
    const database = storage === "sqlite" ? [`${dataDir}/holdfast.db`] : [];
    const modes = [dataDir, socketPath, `${dataDir}/root.key`, ...database].map((path) => statSync(path).mode & 0o077);
    expect(new Set(modes)).toEqual(new Set([0]));
    expect(readFileSync(`${dataDir}/.gitignore`, "utf8")).toBe("*\n");
  });
});
