import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { textOf } from "./shipped.ts";

const START_TIMEOUT_MS = 10_000;
const NODES = ["node-1:8200", "node-2:8200", "node-3:8200"];

/** The name that stands in what is shipped: by it clients reach nginx, and nodes have it in their certificates. */
/** Where Debian puts it is not in everybody's PATH. */
const NGINX = existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

export const PUBLIC_NAME = "holdfast.example.org";

export type ShippedConfiguration = "passthrough" | "terminating";

export interface NginxOptions {
  /** Ports of the nodes on this host. */
  readonly nodePorts: readonly number[];
  /** Files that the configuration names in /etc/nginx/holdfast. */
  readonly files?: Readonly<Record<string, string>>;
  /** Instead of the name in the configuration that nodes have to prove. */
  readonly nodeName?: string;
}

export interface Nginx {
  readonly port: number;
  readonly accessLog: () => string;
  stop(): Promise<void>;
}

/** Why the shipped configurations cannot be tried here; undefined when they can. */
export function whyNoNginx(): string | undefined {
  const found = spawnSync(NGINX, ["-V"]);
  if (found.error !== undefined) return "nginx is not installed";
  // Debian has the stream module in a package of its own.
  const folder = mkdtempSync(join(tmpdir(), "holdfast-nginx-"));
  try {
    const { status, stderr } = spawnSync(
      NGINX,
      wordsFor(write("passthrough", folder, 1, { nodePorts: [1, 2, 3] }), "-t"),
    );
    return status === 0 ? undefined : `nginx cannot pass TLS through: ${stderr.toString().split("\n")[0]}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs nginx with a configuration that is shipped; only addresses, ports and folders are those of this test. */
export async function startNginx(shipped: ShippedConfiguration, options: NginxOptions): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-nginx-"));
  const port = await freePort();
  const child = spawn(NGINX, wordsFor(write(shipped, folder, port, options)), {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await untilListening(child, port, () => said);
  return {
    port,
    accessLog: () => readFileSync(join(folder, "access.log"), "utf8"),
    async stop() {
      child.kill("SIGQUIT");
      setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once("exit", resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const wordsFor = (file: string, ...more: readonly string[]): readonly string[] => [
  "-e",
  "stderr",
  "-c",
  file,
  "-g",
  "daemon off;",
  ...more,
];

function write(shipped: ShippedConfiguration, folder: string, port: number, options: NginxOptions): string {
  for (const [name, text] of Object.entries(options.files ?? {}))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  const file = join(folder, "nginx.conf");
  writeFileSync(file, adapted(textOf(`deploy/nginx/${shipped}.conf`), folder, port, options));
  return file;
}

/** Each place has to be there: else something else would be tried than what is shipped. */
function adapted(text: string, folder: string, port: number, { nodePorts, nodeName }: NginxOptions): string {
  const places: readonly (readonly [string, string])[] = [
    ["listen 8200", `listen 127.0.0.1:${port}`],
    ...NODES.map((node, index) => [`server ${node}`, `server 127.0.0.1:${nodePorts[index]}`] as const),
    ["/run/nginx.pid", join(folder, "nginx.pid")],
    ["/var/log/nginx/", `${folder}/`],
    ...(nodeName === undefined ? [] : [[`proxy_ssl_name ${PUBLIC_NAME}`, `proxy_ssl_name ${nodeName}`] as const]),
  ];
  const moved = places.reduce((from, [place, here]) => {
    if (!from.includes(place)) throw new Error(`the configuration has no ${place}`);
    return from.replaceAll(place, here);
  }, text);
  return moved.replaceAll("/etc/nginx/holdfast/", `${folder}/`);
}

async function untilListening(child: ChildProcess, port: number, said: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`nginx did not start:\n${said()}`);
    }
    if (await listens(port)) return;
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, "127.0.0.1");
    probe.once("connect", () => resolve(true)).once("error", () => resolve(false));
    probe.once("connect", () => probe.destroy());
  });
}
