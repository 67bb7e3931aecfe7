import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Whether this machine has a Redis to test against; CI installs Debian's package. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis of its own on a loopback port, without a trace on disk. */
export class RedisServer {
  readonly port: number;
  readonly folder = mkdtempSync(join(tmpdir(), "holdfast-redis-"));
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  static async start(options: readonly string[] = [], port?: number): Promise<RedisServer> {
    const server = new RedisServer(port ?? (await freePort()), options);
    await server.run();
    return server;
  }

  async run(): Promise<void> {
    const quiet = ["--bind", "127.0.0.1", "127.0.0.2", "--save", "", "--appendonly", "no", "--dir", this.folder];
    this.#process = spawn("redis-server", ["--port", String(this.port), ...quiet, ...this.#options], {
      stdio: "ignore",
    });
    for (let tries = 0; tries < 200 && !(await isListening(this.port)); tries++) await setTimeout(20);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process?.exitCode !== null || process.signalCode !== null) return;
    process.kill("SIGKILL");
    await once(process, "exit");
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A stretch of network in front of a port, whose answers can be delayed. */
export class SlowNetwork {
  delayMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(to: number) {
    this.#server = createServer((near) => {
      const far = connect(to, "127.0.0.1");
      for (const socket of [near, far]) this.#sockets.add(socket.on("error", () => {}));
      near.on("data", (bytes) => far.write(bytes)).on("close", () => far.destroy());
      far.on("data", (bytes) => void this.#pass(bytes, near)).on("close", () => near.destroy());
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async #pass(bytes: Buffer, near: Socket): Promise<void> {
    if (this.delayMs > 0) await setTimeout(this.delayMs);
    if (!near.destroyed) near.write(bytes);
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
