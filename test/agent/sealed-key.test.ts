import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../cli/holdfast.ts";
import { startAgent, type TestAgent } from "./start-agent.ts";

const [thisHost, otherHost] = ["5d9a2c7e81f04b6da3c8e1907f42b56c", "c65b24f7091e8c3ad6b40f18e7c2a9d5"];

let place: string;
let running: TestAgent[];

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "holdfast-sealed-key-"));
  running = [];
  const settings = { collect: { source: "polling" }, credentials: { store: "file" } };
  put("settings.yaml", JSON.stringify({ agent: settings }));
  put("this-host", `${thisHost}\n`);
  put("other-host", `${otherHost}\n`);
});

afterEach(async () => {
  for (const { process: child } of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(place, { recursive: true, force: true });
});

const put = (name: string, text: string) => writeFileSync(join(place, name), text, { mode: 0o600 });
const rootKey = (folder = "agent") => readFileSync(join(place, folder, "root.key"), "utf8");
const bindingOf = (folder = "agent") => /^bound-to: (.*)$/m.exec(rootKey(folder))?.[1];

type Variables = Readonly<Record<string, string>>;
const variable = (name: string, file: string): Variables => ({
  [`HOLDFAST_AGENT_CREDENTIALS_${name}`]: join(place, file),
});
const here = () => variable("MACHINE_ID_FILE", "this-host");
const elsewhere = () => variable("MACHINE_ID_FILE", "other-host");
const under = (file: string) => variable("PASSPHRASE_FILE", file);
const store = { HOLDFAST_AGENT_CREDENTIALS_STORE: "file" };

async function start(env: Variables, folder = "agent"): Promise<TestAgent> {
  const agent = await startAgent({ dataDir: join(place, folder), config: join(place, "settings.yaml"), env });
  running.push(agent);
  return agent;
}

/** Starts one and ends it in order; gives back what it said. */
async function passes(env: Variables, folder = "agent"): Promise<string> {
  const agent = await start(env, folder);
  expect(await agent.stop()).toBe(0);
  return agent.output();
}

async function refused(env: Variables, folder: string): Promise<string> {
  const before = rootKey(folder);
  const said = await start(env, folder).then(
    () => "it starts",
    (error: unknown) => String(error),
  );
  expect(said).toContain("exit 15:");
  expect(said).toContain("hint: ");
  // A sentence for an operator, not a place in our sources.
  expect(said.split("exit 15:")[1]).not.toMatch(/\n\s+at |\.ts:\d/);
  expect(rootKey(folder)).toBe(before);
  return said;
}

function holdfast(words: readonly string[], env: Variables) {
  const { stdout, stderr, status } = run(words, { cwd: place, env: { ...store, ...env } });
  return { out: stdout.toString(), err: stderr.toString(), code: status };
}

function exported(env: Variables, folder = "agent"): string {
  const told = holdfast(["root-key", "export", "--data-dir", join(place, folder), "--out", "-"], env);
  expect(told).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}\n$/) as string });
  return told.out.trim();
}

/** The ledger opens with the key that is there, whole and with every row that it explains. */
function verify(env: Variables, folder = "agent"): void {
  const words = ["audit", "verify", "--agent", "--data-dir", join(place, folder), "--state"];
  const { out, code } = holdfast(words, env);
  expect([code, out]).toEqual([0, expect.stringMatching(/^ok.*\nok/)]);
}

/** Every file below a folder that holds the key in a spelling that somebody would look for. */
function filesWith(hex: string, folder = "agent"): readonly string[] {
  const raw = Buffer.from(hex, "hex");
  const spellings = [
    raw,
    hex,
    hex.toUpperCase(),
    raw.toString("base64").slice(0, 42),
    raw.toString("base64url").slice(0, 42),
  ];
  return readdirSync(join(place, folder), { recursive: true, encoding: "utf8" }).filter((name) => {
    const path = join(place, folder, name);
    if (!statSync(path).isFile()) return false;
    const content = readFileSync(path);
    return spellings.some((spelling) => content.includes(spelling));
  });
}

const copy = (to: string) =>
  cpSync(join(place, "agent"), join(place, to), { recursive: true, preserveTimestamps: true, filter: isNoSocket });
const isNoSocket = (path: string) => !statSync(path).isSocket();

/** Each starts several agents, next to whatever else is tested. */
const PATIENCE = { timeout: 180_000 };

describe("the root key of an agent that keeps it in a file", PATIENCE, () => {
  it("is sealed to its host from the start, opens there again, and lies nowhere in the folder", async () => {
    const agent = await start(here());
    expect(agent.output()).toContain("encrypted and bound to this host (machine-id)");
    expect(bindingOf()).toBe("machine-id");
    expect(statSync(join(place, "agent/root.key")).mode & 0o777).toBe(0o600);
    const sealed = rootKey();
    const socket = { HOLDFAST_AGENT_SOCKET: agent.socketPath };
    expect(holdfast(["status", "--agent"], socket).out).toContain("bound to this host (machine-id)");
    expect(holdfast(["self-check", "--verbose"], socket).out).toMatch(
      /agent secrets: files below .*, encrypted and bound to this host \(machine-id\): a copy of the folder alone opens nowhere else; root/,
    );
    const key = exported(here());
    expect(filesWith(key)).toEqual([]);
    await agent.stop();
    await passes(here());
    expect(rootKey()).toBe(sealed);
    expect(exported(here())).toBe(key);
    expect(filesWith(key)).toEqual([]);
  });

  it("opens in no copy of the folder on another host, until it is carried over on purpose", async () => {
    await passes(here());
    const key = exported(here());
    copy("copied");
    expect(await refused(elsewhere(), "copied")).toContain("is sealed to another host than this one (machine-id)");
    expect(
      holdfast(["root-key", "export", "--data-dir", join(place, "copied"), "--out", "-"], elsewhere()),
    ).toMatchObject({
      code: 1,
      out: "",
    });
    // The key from a safe, as an operator puts it there.
    put("copied/root.key", `${key}\n`);
    expect(await passes(elsewhere(), "copied")).toContain("is sealed in its place");
    expect(bindingOf("copied")).toBe("machine-id");
    verify(elsewhere(), "copied");
    expect(await refused(here(), "copied")).toContain("is sealed to another host");
    expect(filesWith(key, "copied")).toEqual([]);
  });

  it("that an older version kept as it is, is sealed in its place, and that is said once", async () => {
    await passes(here());
    const key = exported(here());
    put("agent/root.key", `${key}\n`);
    expect(filesWith(key)).toEqual(["root.key"]);
    // Whoever only looks changes nothing.
    verify(here());
    expect(filesWith(key)).toEqual(["root.key"]);
    expect((await passes(here())).match(/is sealed in its place/g)).toHaveLength(1);
    expect(filesWith(key)).toEqual([]);
    expect(await passes(here())).not.toContain("sealed in its place");
    expect(exported(here())).toBe(key);
    verify(here());
  });

  it("moves to another host under a passphrase, and can hang on that host again", async () => {
    put("passphrase", "correct horse battery\n");
    put("wrong", "wrong horse battery\n");
    await passes(here());
    const key = exported(here());
    expect(await passes({ ...here(), ...under("passphrase") })).toContain("a secret's file is sealed anew");
    expect(bindingOf()).toBe("passphrase");
    copy("moved");
    expect(await refused(elsewhere(), "moved")).toContain("is sealed under a passphrase, and none is given");
    expect(await refused({ ...elsewhere(), ...under("wrong") }, "moved")).toContain(
      "does not open with the passphrase",
    );
    expect(await refused({ ...elsewhere(), ...under("none") }, "moved")).toContain("it is not there");
    await passes({ ...elsewhere(), ...under("passphrase") }, "moved");
    await passes({ ...elsewhere(), ...variable("PREVIOUS_PASSPHRASE_FILE", "passphrase") }, "moved");
    expect(bindingOf("moved")).toBe("machine-id");
    expect(exported(elsewhere(), "moved")).toBe(key);
    verify(elsewhere(), "moved");
    expect(filesWith(key, "moved")).toEqual([]);
  });

  it("is kept plain on a host without an id and a passphrase, which is said in the log, and sealed once there is one", async () => {
    put("no-id", "uninitialized\n");
    const said = await passes(variable("MACHINE_ID_FILE", "no-id"));
    expect(said).toContain("the agent's secrets in files are not encrypted");
    expect(rootKey()).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await passes(here())).toContain("is sealed in its place");
    expect(bindingOf()).toBe("machine-id");
  });
});
