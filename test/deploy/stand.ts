import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { run } from "../cli/holdfast.ts";
import { startPostgres } from "../postgres/start.ts";
import { startServer, type TestServer } from "../server.ts";
import { PUBLIC_NAME } from "./nginx.ts";
import { type ComposeFile, composeWith, postgresSettings, textOf } from "./shipped.ts";

/** One node as the compose file describes it, in a process instead of a container. */
export interface StandNode {
  readonly name: string;
  readonly server: () => TestServer;
  readonly port: () => number;
  /** Starts it again at the same address. */
  start(): Promise<void>;
}

/** What the compose file describes, run by hand: a database with its roles and settings, and three nodes. */
export interface Stand {
  readonly nodes: readonly StandNode[];
  /** A folder that is removed at the end. */
  readonly home: string;
  stop(): Promise<void>;
}

export async function startStand(): Promise<Stand> {
  const home = mkdtempSync(join(tmpdir(), "holdfast-deploy-"));
  const compose = composeWith({ HOLDFAST_TLS_NAMES: PUBLIC_NAME, HOLDFAST_RATE_LIMIT: "0" });
  const secrets = writeSecrets(join(home, "secrets"), compose);
  // What is tried is whether it starts with the shipped settings, not how much memory a test machine has.
  const postgres = await startPostgres({ settings: { ...postgresSettings(), shared_buffers: "64MB" } });
  const nodes: StandNode[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.server().kill()));
    await postgres.stop();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await makeRoles(postgres.superuserUrl, secrets);
    const here = (service: string) => environmentHere(compose, service, postgres.superuserUrl, secrets.folder);
    for (const words of jobsOf(compose, "prepare")) succeed(words, home, here("prepare"));
    const names = Object.keys(compose.services).filter((name) => name.startsWith("node-"));
    const started = await Promise.allSettled(names.map((name) => startNode(name, join(home, name), here(name))));
    nodes.push(...started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : [])));
    const failed = started.find((one) => one.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    return { nodes, home, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs a command and gives what it printed; throws when it did not succeed. */
export function succeed(words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): string {
  const { status, stdout, stderr } = run(words, { cwd, env });
  if (status === 0) return stdout.toString();
  throw new Error(`holdfast ${words.join(" ")}: exit ${String(status)}\n${stdout.toString()}${stderr.toString()}`);
}

interface Secrets {
  readonly folder: string;
  readonly texts: Readonly<Record<string, string>>;
}

function writeSecrets(folder: string, { secrets }: ComposeFile): Secrets {
  mkdirSync(folder);
  const texts = Object.fromEntries(Object.keys(secrets).map((name) => [name, randomBytes(32).toString("hex")]));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
  return { folder, texts };
}

/** The job `roles`: the shipped file, with the passwords as settings of the session. */
async function makeRoles(superuserUrl: string, { texts }: Secrets): Promise<void> {
  await query(superuserUrl, "CREATE DATABASE holdfast TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
  const passwords = ["owner", "node"].map((who) => `-c holdfast.${who}_password=${texts[`${who}_password`]}`);
  const url = new URL(superuserUrl);
  url.pathname = "holdfast";
  await query(url.href, textOf("deploy/postgres/roles.sql"), passwords.join(" "));
}

async function query(url: string, text: string, options?: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, ...(options !== undefined && { options }) });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** What a job runs: `holdfast … && holdfast …` as its shell would take it apart. */
function jobsOf({ services }: ComposeFile, name: string): readonly (readonly string[])[] {
  const { command } = services[name] as { readonly command: readonly string[] };
  return command.flatMap((line) => line.split(" && ")).map((line) => line.split(" ").slice(1));
}

/** A service's own settings; the database and the secrets are elsewhere here. */
function environmentHere({ services }: ComposeFile, name: string, superuserUrl: string, secrets: string) {
  const { host } = new URL(superuserUrl);
  const environment = Object.entries(services[name]?.environment ?? {});
  const moved = environment.map(([setting, text]) => [
    setting,
    text.replace("@database:5432", `@${host}`).replace("/run/secrets", secrets),
  ]);
  return Object.fromEntries(moved) as Record<string, string>;
}

async function startNode(name: string, home: string, settings: Readonly<Record<string, string>>): Promise<StandNode> {
  const dataDir = join(home, "data");
  let server = await startServer({ dataDir, env: settings });
  const port = Number(new URL(server.address).port);
  return {
    name,
    server: () => server,
    port: () => port,
    async start() {
      const env = { ...settings, HOLDFAST_HTTP_ADDR: `127.0.0.1:${port}` };
      server = await startServer({ dataDir, env });
    },
  };
}
