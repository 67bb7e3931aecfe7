import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { type Client, createClient } from "@holdfast/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Nginx, startNginx, whyNoNginx } from "./deploy/nginx.ts";
import { composeVariables, composeWith, textOf } from "./deploy/shipped.ts";
import { PUBLIC_NAME, type Stand, type StandNode, startStand, succeed } from "./deploy/stand.ts";
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

const missing = whyNoNginx();

describe.skipIf(missing !== undefined)(
  `three nodes behind nginx, as the compose file has them (${missing ?? "nginx is here"})`,
  () => {
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
    }, 120_000);
    beforeEach(({ skip }) => skip(noPostgres !== undefined, noPostgres));
    afterAll(() => stand?.stop());

    const through = ({ port }: Nginx, trusted = ca): Client =>
      createClient({ address: `https://127.0.0.1:${port}`, ca: trusted, token });

    async function passthrough(): Promise<Nginx> {
      const nginx = await startNginx("passthrough", { nodePorts: stand.nodes.map((node) => node.port()) });
      onTestFinished(() => nginx.stop());
      return nginx;
    }

    it("each answer for the public name with a certificate of the one authority, in TLS 1.3", async () => {
      const { port } = await passthrough();
      for (const _ of stand.nodes)
        expect(await handshake(port, ca)).toEqual({
          protocol: "TLSv1.3",
          issuer: expect.stringMatching(/^Holdfast CA /) as string,
        });
    });

    it("lose one node after the other, killed while clients write, and no client hears of it", {
      timeout: 120_000,
    }, async () => {
      const nginx = await passthrough();
      const load = startWriters(() => through(nginx));
      for (const node of stand.nodes) {
        await load.acknowledged(20);
        await node.server().kill();
        await load.acknowledged(60);
        await node.start();
      }
      await load.acknowledged(20);
      const { written, failures } = await load.stop();
      expect(failures).toEqual([]);
      const client = through(nginx);
      onTestFinished(() => client.close());
      for (const { key, version, value } of written)
        expect(await client.secrets.readVersion(key, version)).toMatchObject({ value });
      for (const node of stand.nodes) expect(nginx.accessLog()).toContain(`to 127.0.0.1:${node.port()} `);
      expect(await verdicts(stand.nodes)).toEqual(stand.nodes.map(() => ({ ok: true, state: true })));
      verifyAsOutsider(stand, nginx, token);
    });
  },
);

/** What whoever connects to nginx meets. */
function handshake(port: number, ca: string): Promise<{ readonly protocol: string | null; readonly issuer: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", servername: PUBLIC_NAME, ca }, () => {
      resolve({ protocol: socket.getProtocol(), issuer: String(socket.getPeerCertificate().issuer.CN) });
      socket.end();
    });
    socket.once("error", reject);
  });
}

interface Written {
  readonly key: string;
  readonly version: number;
  readonly value: string;
}

interface Load {
  /** Resolves when so many more writes were acknowledged. */
  acknowledged(more: number): Promise<void>;
  stop(): Promise<{ readonly written: readonly Written[]; readonly failures: readonly string[] }>;
}

/** Four clients, each writing to a path of its own, one call after the other. */
function startWriters(connectClient: () => Client): Load {
  const written: Written[] = [];
  const failures: string[] = [];
  const round = { isOver: false, check: () => {} };
  const work = async (client: Client, key: string): Promise<void> => {
    while (!round.isOver) {
      const value = randomUUID();
      try {
        const { version } = await client.secrets.put(key, { value });
        written.push({ key, version, value });
      } catch (error) {
        failures.push(String(error));
      }
      round.check();
    }
    client.close();
  };
  const working = Array.from({ length: 4 }, (_, at) => work(connectClient(), `applications/deploy/writer-${at}`));
  return {
    acknowledged(more) {
      const goal = written.length + more;
      return new Promise((resolve, reject) => {
        round.check = () => {
          if (written.length >= goal) resolve();
          if (failures.length > 0) reject(new Error(failures[0]));
        };
      });
    },
    async stop() {
      round.isOver = true;
      await Promise.all(working);
      return { written, failures };
    },
  };
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
    HOLDFAST_ADDR: `https://127.0.0.1:${port}`,
    HOLDFAST_CACERT: first.server().caPath,
    HOLDFAST_TOKEN: token,
  };
  const key = succeed(["audit", "key"], home, env).trim();
  const folder = join(home, "export");
  succeed(["audit", "export", "--format", "tiles", folder], home, env);
  expect(succeed(["audit", "verify", "--export", folder, "--key", key], home, {})).toMatch(/^ok /);
}
