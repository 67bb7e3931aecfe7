import { readFileSync } from "node:fs";
import { get } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { type Client, createClient } from "@holdfast/client";
import { selfSigned } from "../packages/engine/src/doors/self-signed.fixture.ts";
import { unknownSettings } from "../packages/server/src/main/configuration.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { startFailingNodes } from "./deploy/failing-nodes.ts";
import { type Nginx, PUBLIC_NAME, startNginx, whyNoNginx } from "./deploy/nginx.ts";
import { composeVariables, composeWith, textOf } from "./deploy/shipped.ts";
import { type Stand, type StandNode, startStand, succeed } from "./deploy/stand.ts";
import { unknownCommands } from "./deploy/words.ts";
import { startWriters } from "./deploy/writers.ts";
import { NoPostgres } from "./postgres/program.ts";

describe("the compose file", () => {
  const { services, secrets } = composeWith({ HOLDFAST_UID: "1000", HOLDFAST_GID: "1000" });

  it.each(Object.entries(services))(
    "confines %s: no root, no capability, nothing to write to but its volumes",
    (_, service) => {
      expect(service).toMatchObject({
        user: "1000:1000",
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
      expect(service).not.toHaveProperty("privileged");
      expect(service).not.toHaveProperty("cap_add");
    },
  );

  it("gives each secret to those who need it and to nobody else", () => {
    const holders = Object.keys(secrets).map((secret) => [
      secret,
      Object.keys(services).filter((name) => services[name]?.secrets?.includes(secret)),
    ]);
    expect(Object.fromEntries(holders)).toEqual({
      superuser_password: ["database", "roles"],
      owner_password: ["roles", "prepare"],
      node_password: ["roles", "node-1", "node-2", "node-3"],
      root_key: ["node-1", "node-2", "node-3"],
    });
  });

  it("gives nodes the same settings, but for their names and places", () => {
    const [first, ...others] = ["node-1", "node-2", "node-3"].map((name) => ({
      name: services[name]?.environment?.["HOLDFAST_NODE_NAME"],
      settings: { ...services[name]?.environment, HOLDFAST_NODE_NAME: "" },
    }));
    expect(first?.name).toBe("node-1");
    expect(others).toEqual([
      { name: "node-2", settings: first?.settings },
      { name: "node-3", settings: first?.settings },
    ]);
  });

  it("asks for the variables that .env.example explains, and for no other", () => {
    const explained = [...textOf("deploy/compose/.env.example").matchAll(/^(\w+)=/gm)].map((found) => found[1]);
    expect(new Set(explained)).toEqual(composeVariables());
  });
});

describe("what is written for operators", () => {
  const pages = ["docs/run-book.md", "deploy/compose/README.md"];
  const files = ["compose/compose.yaml", "compose/.env.example", "compose/Dockerfile", "nginx/passthrough.conf"];
  const shipped = [...files, "nginx/terminating.conf", "postgres/holdfast.conf", "postgres/roles.sql"];

  it.each(pages)("names commands and options in %s that exist", (page) => {
    expect(textOf(page)).toMatch(/holdfast storage migrate|holdfast status/);
    expect(unknownCommands(textOf(page))).toEqual([]);
  });

  it.each([...pages, ...shipped.map((file) => `deploy/${file}`)])("names settings in %s that exist", (file) => {
    const named = textOf(file).match(/HOLDFAST_[A-Z_]+/g) ?? [];
    const settings = named.filter((name) => !composeVariables().has(name) || name.endsWith("TLS_NAMES"));
    expect(unknownSettings(Object.fromEntries(settings.map((name) => [name, ""])))).toEqual([]);
  });
});

const missing = whyNoNginx();
/** What users see of nginx where TLS ends in it; the name in it is localhost. */
const operators = selfSigned();

describe.skipIf(missing !== undefined)(`behind nginx (${missing ?? "which is here"})`, () => {
  it("where TLS ends in nginx, a change goes to one node, as it was sent, and is never repeated; a read goes on to the next", async () => {
    const failing = await startFailingNodes(3, operators);
    onTestFinished(() => failing.stop());
    const files = { "server.pem": operators.cert, "server.key": operators.key, "ca.pem": operators.cert };
    const nginx = await startNginx("terminating", { nodePorts: failing.ports, files, nodeName: "localhost" });
    onTestFinished(() => nginx.stop());
    const ask = (method: string, path: string) => statusOf({ port: nginx.port, ca: operators.cert, method, path });

    const awkward = "/api/secrets/a%2Fb/../c//d%20e?prefix=%41";
    expect(await ask("PUT", awkward)).toEqual({ status: 503, retryAfter: "1" });
    expect(failing.calls.splice(0)).toEqual([`PUT ${awkward}`]);
    // A node that has failed is left alone for a while: two are left.
    expect(await ask("GET", awkward)).toEqual({ status: 503, retryAfter: "1" });
    expect(failing.calls).toEqual([`GET ${awkward}`, `GET ${awkward}`]);
  });

  describe("three nodes as the compose file has them", () => {
    let stand: Stand;
    let noPostgres: string | undefined;
    let token: string;
    let ca: string;
    beforeAll(async () => {
      try {
        stand = await startStand();
      } catch (error) {
        if (!(error instanceof NoPostgres)) throw error;
        return void (noPostgres = error.message);
      }
      const [first] = stand.nodes as [StandNode];
      const administrator = createClient({ socketPath: first.server().socketPath });
      ({ token } = await administrator.tokens.create({ roles: ["global-admin"] }));
      administrator.close();
      ca = readFileSync(first.server().caPath, "utf8");
    }, 180_000);
    beforeEach(({ skip }) => skip(noPostgres !== undefined, noPostgres));
    afterAll(() => stand?.stop());

    const nodePorts = (): readonly number[] => stand.nodes.map((node) => node.port());
    const client = ({ port }: Nginx, trusted: string): Client =>
      createClient({ address: `https://localhost:${port}`, ca: trusted, token });

    /** The balancer leaves a node alone for some seconds after it failed: until a new connection is handed to it again. */
    async function isTrustedAgain(nginx: Nginx, trusted: string, node: StandNode): Promise<void> {
      const handedOver = () => nginx.accessLog().split(`to 127.0.0.1:${node.port()} `).length;
      const before = handedOver();
      const connectOnce = async () => {
        const fresh = client(nginx, trusted);
        await fresh.status();
        fresh.close();
        return handedOver();
      };
      await expect.poll(connectOnce, { timeout: 30_000, interval: 200 }).toBeGreaterThan(before);
    }

    async function passthrough(): Promise<Nginx> {
      const nginx = await startNginx("passthrough", { nodePorts: nodePorts() });
      onTestFinished(() => nginx.stop());
      return nginx;
    }

    it("answer for the public name with certificates of one authority, in TLS 1.3, from end to end", async () => {
      const { port } = await passthrough();
      const met: Met[] = [];
      // Each goes to a node with the fewest, and all stay open.
      for (const _ of [...stand.nodes, ...stand.nodes]) met.push(await handshake(port, ca));
      expect(new Set(met.map(({ protocol }) => protocol))).toEqual(new Set(["TLSv1.3"]));
      expect(met.map(({ issuer }) => issuer)).toEqual(met.map(() => expect.stringMatching(/^Holdfast CA /) as string));
      expect(new Set(met.map(({ serial }) => serial)).size).toBe(stand.nodes.length);
    });

    it("have the metrics and features that the run-book tells to watch", async () => {
      const [first] = stand.nodes as [StandNode];
      const runBook = textOf("docs/run-book.md");
      const metrics = await pageAt(first.server().socketPath, "/metrics");
      const roles = /^holdfast_(?:owner|node|node_b|standby)$/;
      const named = (runBook.match(/\bholdfast_\w+/g) ?? []).filter((name) => !roles.test(name));
      expect(named.filter((name) => !metrics.includes(`# HELP ${name} `))).toEqual([]);
      const administrator = createClient({ socketPath: first.server().socketPath });
      const { features } = await administrator.status();
      administrator.close();
      const ofSeveralNodes = features.filter(({ name }) => /^(?:storage-|duties|ledger-partitions)/.test(name));
      expect(ofSeveralNodes.length).toBeGreaterThan(4);
      expect(ofSeveralNodes.filter(({ name }) => !runBook.includes(`\`${name}\``))).toEqual([]);
      expect(ofSeveralNodes.filter(({ state }) => state !== "available")).toEqual([]);
    });

    it("get what was sent, byte for byte, where TLS ends in nginx, and refuse in their own words", async () => {
      const files = { "server.pem": operators.cert, "server.key": operators.key, "ca.pem": ca };
      const nginx = await startNginx("terminating", { nodePorts: nodePorts(), files });
      onTestFinished(() => nginx.stop());
      const through = client(nginx, operators.cert);
      onTestFinished(() => through.close());
      const key = "applications/deploy/größe & co";
      const value = "ä".repeat(300_000);
      await through.secrets.put(key, { value });
      expect((await through.secrets.read(key)).value).toBe(value);
      const tooLarge = through.secrets.put(key, { value: "x".repeat(1_600_000) });
      await expect(tooLarge).rejects.toMatchObject({ code: "payload_too_large", status: 413 });
      await expect.poll(nginx.accessLog).toMatch(/ PUT 201 \S+ by 127\.0\.0\.1:\d+ entry \d+ request /);
      expect(nginx.accessLog()).not.toContain("applications");
    });

    it("are killed one after the other while clients write, and no client hears of it", {
      timeout: 180_000,
    }, async () => {
      const nginx = await passthrough();
      const writers = startWriters(4, () => client(nginx, ca));
      for (const node of stand.nodes) {
        await writers.acknowledged(4);
        await node.server().kill();
        await writers.acknowledged(8);
        await node.start();
        await isTrustedAgain(nginx, ca, node);
      }
      await writers.acknowledged(4);
      const { written, failures } = await writers.stop();
      expect(failures).toEqual([]);
      const reader = client(nginx, ca);
      onTestFinished(() => reader.close());
      for (const { key, version, value } of written)
        expect(await reader.secrets.readVersion(key, version)).toMatchObject({ value });
      for (const port of nodePorts()) await expect.poll(nginx.accessLog).toContain(`to 127.0.0.1:${port} `);
      expect(await verdicts(stand.nodes)).toEqual(stand.nodes.map(() => ({ ok: true, state: true })));
      verifyAsOutsider(stand, nginx, token);
    });
  });
});

/** A page that is no operation, such as a probe. */
function pageAt(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path }, (answer) => void text(answer).then(resolve, reject)).once("error", reject);
  });
}

interface Asked {
  readonly port: number;
  readonly ca: string;
  readonly method: string;
  readonly path: string;
}

/** Sends a path as it stands, as no client of ours would. */
function statusOf({
  port,
  ca,
  method,
  path,
}: Asked): Promise<{ readonly status: number; readonly retryAfter: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "localhost", port, ca, method, path, agent: false }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, retryAfter: String(answer.headers["retry-after"]) });
    });
    call.once("error", reject).end();
  });
}

interface Met {
  readonly protocol: string | null;
  readonly issuer: string;
  /** Each node has a certificate of its own. */
  readonly serial: string;
}

/** What whoever connects to nginx meets; the connection stays open until all have been made. */
function handshake(port: number, ca: string): Promise<Met> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", servername: PUBLIC_NAME, ca }, () => {
      const { issuer, serialNumber } = socket.getPeerCertificate();
      resolve({ protocol: socket.getProtocol(), issuer: String(issuer.CN), serial: serialNumber });
      onTestFinished(() => void socket.destroy());
    });
    socket.once("error", reject);
  });
}

/** What every node says of ledger and rows. */
function verdicts(nodes: readonly StandNode[]): Promise<readonly object[]> {
  return Promise.all(
    nodes.map(async (node) => {
      const client = createClient({ socketPath: node.server().socketPath, timeoutMs: 60_000 });
      const { ok, state } = await client.audit.verify({ state: true });
      client.close();
      return { ok, state: state?.ok };
    }),
  );
}

/** An export through nginx, verified with nothing but the log's key. */
function verifyAsOutsider({ home, nodes }: Stand, { port }: Nginx, token: string): void {
  const [first] = nodes as [StandNode];
  const env = {
    HOLDFAST_ADDR: `https://localhost:${port}`,
    HOLDFAST_CACERT: first.server().caPath,
    HOLDFAST_TOKEN: token,
  };
  const key = succeed(["audit", "key"], home, env).trim();
  const folder = join(home, "export");
  succeed(["audit", "export", "--format", "tiles", folder], home, env);
  expect(succeed(["audit", "verify", "--export", folder, "--key", key], home, {})).toMatch(/^ok /);
}
