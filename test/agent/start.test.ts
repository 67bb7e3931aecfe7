import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../cli/holdfast.ts";
import { startAgent, type TestAgent } from "./start-agent.ts";

let place: string;
let config: string;
let running: TestAgent[];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "holdfast-agent-"));
  config = join(place, "settings.yaml");
  settings({});
  running = [];
});

afterEach(async () => {
  for (const { process: child } of running) if (child.exitCode === null && child.signalCode === null) await kill(child);
  rmSync(place, { recursive: true, force: true });
});

/** JSON is YAML. */
function settings(agent: Readonly<Record<string, unknown>>): void {
  const quiet = { collect: { source: "polling" }, credentials: { store: "file" } };
  writeFileSync(config, JSON.stringify({ agent: { ...quiet, ...agent } }));
}

async function start(env: Readonly<Record<string, string>> = {}): Promise<TestAgent> {
  const agent = await startAgent({ dataDir: join(place, "agent"), config, env });
  running.push(agent);
  return agent;
}

async function kill(child: TestAgent["process"]): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function ended({ process: child }: TestAgent, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** A command, asked of the agent in this place. */
function holdfast(...words: readonly string[]) {
  const env = { HOLDFAST_AGENT_SOCKET: join(place, "agent", "socket") };
  const { stdout, stderr, status } = run(words, { cwd: place, env });
  return { out: stdout.toString(), err: stderr.toString(), code: status };
}

interface Status {
  readonly tenant: string;
  readonly ledger: { readonly origin: string; readonly size: number };
  readonly seal: { readonly kind: string };
  readonly features: readonly { readonly name: string; readonly state: string }[];
}

const status = (): Status => {
  const told = JSON.parse(holdfast("status", "--agent", "--json").out) as { readonly status?: Status } & Status;
  return told.status ?? told;
};

function verify() {
  const words = ["audit", "verify", "--agent", "--data-dir", join(place, "agent"), "--state"];
  const {
    stdout,
    stderr,
    status: code,
  } = run(words, { cwd: place, env: { HOLDFAST_AGENT_CREDENTIALS_STORE: "file" } });
  return { out: `${stdout.toString()}${stderr.toString()}`, code };
}

/** Each starts one or two agents, next to whatever else is tested. */
const PATIENCE = { timeout: 90_000 };

describe("an agent", PATIENCE, () => {
  it("begins its ledger, answers at its socket alone, and ends in order when it is told to", async () => {
    const agent = await start();
    expect(agent.output()).toContain("(new)");
    const told = status();
    expect(told).toMatchObject({ tenant: "main", seal: { kind: "file" } });
    expect(told.features.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["memory-protection", "rule-sandbox", "credential-store", "alert-delivery"]),
    );
    expect(await ended(agent, "SIGTERM")).toBe(0);
    expect(agent.output()).not.toContain("does not end");
    // The last connection to close takes the write-ahead log with it.
    expect(["holdfast.db-wal", "outbox.db-wal"].filter((name) => existsSync(join(place, "agent", name)))).toEqual([]);
    expect(verify()).toMatchObject({ code: 0, out: expect.stringMatching(/^ok/) as string });
  });

  it("ends as well with Ctrl-C", async () => {
    expect(await ended(await start(), "SIGINT")).toBe(0);
  });

  it("loses nothing that it has acknowledged when it is killed, and goes on with the same ledger", async () => {
    const killed = await start();
    const before = status();
    expect(holdfast("token", "create", "--agent", "--name", "reader", "--role", "viewer").code).toBe(0);
    await kill(killed.process);
    await start();
    const after = status();
    expect(after.ledger.origin).toBe(before.ledger.origin);
    expect(after.ledger.size).toBeGreaterThan(before.ledger.size + 1);
    expect(holdfast("token", "list", "--agent").out).toContain("reader");
    await kill(running.at(-1)!.process);
    expect(verify()).toMatchObject({ code: 0, out: expect.stringMatching(/^ok/) as string });
  });

  it("is alone in its folder: a second one is refused and disturbs nothing", async () => {
    await start();
    await expect(start()).rejects.toThrow(/exit 12:[^]*HOLDFAST_AGENT_DATA_DIR/);
    expect(status().ledger.size).toBeGreaterThan(0);
  });

  it("says everything that is wrong with its settings, each at its place, and does not start", async () => {
    settings({ memoryMiB: 1, sinks: [{ name: "on-call", kind: "carrier-pigeon" }], colour: "red" });
    await expect(start()).rejects.toThrow(/exit 16:[^]*settings\.yaml:1:\d+[^]*memoryMiB/);
    expect(existsSync(join(place, "agent", "holdfast.db"))).toBe(false);
  });

  it("does not start on a ledger whose root key is gone, and makes no other", async () => {
    expect(await ended(await start(), "SIGTERM")).toBe(0);
    rmSync(join(place, "agent", "root.key"));
    await expect(start()).rejects.toThrow(/exit 15:/);
    expect(existsSync(join(place, "agent", "root.key"))).toBe(false);
  });

  it("shows metrics and health on an address only when it is asked to, and there nothing else", async () => {
    settings({ metricsAddress: "127.0.0.1:0" });
    const agent = await start();
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(agent.output())?.[0] ?? "";
    const metrics = await (await fetch(`${address}/metrics`)).text();
    for (const name of ["processes_collected_total", "database_size_bytes", "detection_rule_duration_seconds"]) {
      expect(metrics).toContain(`# TYPE ${name} `);
    }
    expect(await (await fetch(`${address}/healthz`)).text()).toBe("ok\n");
    expect((await fetch(`${address}/api/status`)).status).toBe(404);
    expect((await fetch(`${address}/openapi.json`)).status).toBe(404);
  });

  it("reads its rules again at SIGHUP, and says so in the ledger", async () => {
    const agent = await start();
    writeFileSync(
      join(place, "agent", "rules", "mine.yaml"),
      "id: mine\ntitle: Mine\nseverity: low\ndescription: Mine.\nsql: SELECT pid FROM processes WHERE name = 'nobody'\n",
    );
    agent.process.kill("SIGHUP");
    await expect.poll(() => holdfast("rules", "list", "--json").out, { timeout: 10_000 }).toContain('"mine"');
    expect(holdfast("audit", "log", "--agent").out).toContain("rule.reload");
    const told = () => holdfast("alerts", "list", "--rule", "agent-rules-changed", "--json").out;
    await expect.poll(told, { timeout: 20_000 }).toContain("added=1: mine");
  });

  it("takes its socket's name back when it was removed, and tells of it", async () => {
    const agent = await start();
    rmSync(agent.socketPath);
    await expect
      .poll(() => holdfast("alerts", "list", "--json").out, { timeout: 20_000 })
      .toContain("nothing is there");
    expect(statSync(agent.socketPath).mode & 0o777).toBe(0o600);
    expect(await ended(agent, "SIGTERM")).toBe(0);
    expect(existsSync(agent.socketPath)).toBe(false);
  });
});

describe("what an agent leaves on disk", PATIENCE, () => {
  it("is for its owner alone, and nothing to be committed", async () => {
    await start();
    const folder = join(place, "agent");
    const modeOf = (name: string): number => statSync(join(folder, name)).mode & 0o077;
    for (const name of ["", "root.key", "holdfast.db", "outbox.db", "events.db", "socket", "rules"]) {
      expect([name, modeOf(name)]).toEqual([name, 0]);
    }
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
  });
});
