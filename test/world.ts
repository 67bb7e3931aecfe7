import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program } from "./program/program.ts";
import { type ServerOptions, startServer, type TestServer } from "./server.ts";
import { Wire } from "./wire.ts";

interface TokenOptions {
  readonly roles?: readonly string[];
  readonly name?: string;
  readonly ttlSeconds?: number;
  readonly uses?: number;
}

/** A token, and a caller that bears it over the network. */
export interface Bearer {
  readonly wire: Wire;
  readonly token: string;
  readonly accessor: string;
  readonly actor: string;
}

/** A server and the callers that tests need. */
export interface World {
  readonly server: TestServer;
  /** The owner of the data folder at the socket: administrator of everything. */
  readonly administrator: Wire;
  /** The network, without a credential. */
  readonly stranger: Wire;
  /** A new token; of a tenant of its own when one is named. */
  bearer(options: TokenOptions, tenant?: string): Promise<Bearer>;
  /** A token of a new role with these permissions. */
  holderOf(permissions: readonly string[], options?: { readonly environments?: readonly string[] }): Promise<Bearer>;
  /** Stops the server and starts it again on the same data. */
  restart(env?: ServerOptions["env"]): Promise<World>;
  stop(): Promise<void>;
}

export function startWorld(env: ServerOptions["env"] = {}, program?: Program): Promise<World> {
  return startOn(mkdtempSync(join(tmpdir(), "holdfast-world-")), { env, ...(program && { program }) });
}

async function startOn(folder: string, options: Pick<ServerOptions, "env" | "program">): Promise<World> {
  const server = await startServer({ dataDir: join(folder, "data"), ...options });
  const administrator = Wire.socket(server);
  const stranger = Wire.https(server);
  let roles = 0;
  const bearer = async (wanted: TokenOptions, tenant?: string): Promise<Bearer> => {
    const maker = tenant === undefined ? administrator : administrator.with({ "holdfast-tenant": tenant });
    const made = (await maker.post("/api/tokens", wanted)).output<Omit<Bearer, "wire">>();
    return { ...made, wire: stranger.bearing(made.token) };
  };
  return {
    server,
    administrator,
    stranger,
    bearer,
    async holderOf(permissions, { environments } = {}) {
      const name = `made-${(roles += 1)}`;
      (await administrator.post("/api/roles", { name, permissions, environments })).output();
      return bearer({ roles: [name] });
    },
    async restart(changed = {}) {
      await end();
      return startOn(folder, { ...options, env: changed });
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };

  async function end(): Promise<void> {
    administrator.close();
    stranger.close();
    await server.stop();
  }
}
