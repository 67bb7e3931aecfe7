import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../cli/holdfast.ts";
import { startServer, type TestServer } from "../server.ts";

const ROOT_KEY = "0f".repeat(32);
const WAIT = { timeout: 30_000 };

let place: string;
let server: TestServer;

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), "holdfast-beside-"));
  server = await startServer({
    dataDir: join(place, ".holdfast"),
    env: {
      HOLDFAST_AGENT: "on",
      HOLDFAST_AGENT_COLLECT_SOURCE: "polling",
      HOLDFAST_AGENT_CREDENTIALS_STORE: "file",
      HOLDFAST_ROOT_KEY: ROOT_KEY,
      HOLDFAST_TOKEN: "hf_somebody",
    },
  });
});

afterEach(async () => {
  await server.kill();
  rmSync(place, { recursive: true, force: true });
});

/** A command as a user beside the server runs it: in the folder that holds the data folder. */
function holdfast(...words: readonly string[]) {
  const { stdout, stderr, status } = run(words, { cwd: place, env: server.storage });
  return { out: `${stdout.toString()}${stderr.toString()}`, code: status };
}

/** What the server says of its agent. */
const feature = (): string => {
  const line = holdfast("status", "--json").out;
  const { features } = JSON.parse(line.slice(line.indexOf("{"))) as { features: { name: string; state: string }[] };
  return features.find(({ name }) => name === "agent")?.state ?? "none";
};

/** Process of the agent: the one that has its socket's folder as its data folder. */
function agentPid(): number {
  const children = readFileSync(`/proc/${server.process.pid}/task/${server.process.pid}/children`, "utf8");
  return Number(children.trim().split(" ")[0]);
}

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe("the agent of a server's host", { timeout: 90_000 }, () => {
  it("is started with the server, answers without set-up, knows none of its secrets, and ends with it", async () => {
    expect(server.output()).toContain(".holdfast/agent");
    await expect.poll(feature, WAIT).toBe("available");
    expect(holdfast("alerts", "list").code).toBe(0);
    const pid = agentPid();
    const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
    expect(environment).toContain("HOLDFAST_AGENT_DATA_DIR=");
    for (const secret of [ROOT_KEY, "hf_somebody"]) expect(environment).not.toContain(secret);
    expect(await server.stop()).toBe(0);
    expect(isGone(pid)).toBe(true);
  });

  it("is started again when it is killed", async () => {
    await expect.poll(feature, WAIT).toBe("available");
    const first = agentPid();
    process.kill(first, "SIGKILL");
    await expect.poll(() => feature() === "available" && agentPid() !== first, WAIT).toBe(true);
  });

  it("ends in order when the server is killed", async () => {
    await expect.poll(feature, WAIT).toBe("available");
    const pid = agentPid();
    await server.kill();
    await expect.poll(() => isGone(pid), WAIT).toBe(true);
    // Whoever held the folder has let go of it, and left a ledger that holds.
    const words = ["audit", "verify", "--agent", "--data-dir", join(place, ".holdfast", "agent")];
    expect(run(words, { cwd: place, env: { HOLDFAST_AGENT_CREDENTIALS_STORE: "file" } }).status).toBe(0);
  });
});
