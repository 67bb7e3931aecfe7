import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../cli/holdfast.ts";
import { startAgent, type TestAgent } from "./start-agent.ts";

const [thisHost, otherHost] = ["5d9a2c7e81f04b6da3c8e1907f42b56c", "c65b24f7091e8c3ad6b40f18e7c2a9d5"];

let place: string;
const running: TestAgent[] = [];

const put = (name: string, text: string) => writeFileSync(join(place, name), text, { mode: 0o600 });
const rootKey = (folder: string) => readFileSync(join(place, folder, "root.key"), "utf8");
const bindingOf = (folder: string) => /^bound-to: (.*)$/m.exec(rootKey(folder))?.[1];

type Variables = Readonly<Record<string, string>>;
const variable = (name: string, file: string): Variables => ({
  [`HOLDFAST_AGENT_CREDENTIALS_${name}`]: join(place, file),
});
const here = () => variable("MACHINE_ID_FILE", "this-host");
const elsewhere = () => variable("MACHINE_ID_FILE", "other-host");
const under = (file: string) => variable("PASSPHRASE_FILE", file);
const store = { HOLDFAST_AGENT_CREDENTIALS_STORE: "file" };

async function start(env: Variables, folder: string): Promise<TestAgent> {
  const agent = await startAgent({ dataDir: join(place, folder), config: join(place, "settings.yaml"), env });
  running.push(agent);
  return agent;
}

/** Starts one and ends it in order; gives back what it said. */
async function passes(env: Variables, folder: string): Promise<string> {
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

function holdfast(words: readonly string[], env: Variables, folder: string) {
  const { stdout, stderr, status } = run(words, { cwd: join(place, folder, ".."), env: { ...store, ...env } });
  return { out: stdout.toString(), err: stderr.toString(), code: status };
}

const exports = (env: Variables, folder: string) =>
  holdfast(["root-key", "export", "--data-dir", join(place, folder), "--out", "-"], env, folder);

function exported(env: Variables, folder: string): string {
  const told = exports(env, folder);
  expect(told).toMatchObject({ code: 0, out: expect.stringMatching(/^[0-9a-f]{64}\n$/) as string });
  return told.out.trim();
}

/** The ledger opens with the key that is there, whole and with every row that it explains. */
function verify(env: Variables, folder: string): void {
  const words = ["audit", "verify", "--agent", "--data-dir", join(place, folder), "--state"];
  const { out, code } = holdfast(words, env, folder);
  expect([code, out]).toEqual([0, expect.stringMatching(/^ok.*\nok/)]);
}

/** Every file below a folder that holds the key in a spelling that somebody would look for. */
function filesWith(hex: string, folder: string): readonly string[] {
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

function copy(from: string, to: string): string {
  cpSync(join(place, from), join(place, to), { recursive: true, preserveTimestamps: true, filter: isNoSocket });
  return to;
}
const isNoSocket = (path: string) => !statSync(path).isSocket();

/** What an agent that was never started before said, and what was found while it ran. */
interface FirstStart {
  readonly said: string;
  readonly binding: string | undefined;
  readonly mode: number;
  readonly sealed: string;
  readonly status: string;
  readonly selfCheck: string;
  readonly key: string;
  readonly filesWithKey: readonly string[];
}

async function firstStart(folder: string): Promise<FirstStart> {
  const agent = await start(here(), folder);
  const socket = { HOLDFAST_AGENT_SOCKET: agent.socketPath };
  const key = exported(here(), folder);
  const found = {
    said: agent.output(),
    binding: bindingOf(folder),
    mode: statSync(join(place, folder, "root.key")).mode & 0o777,
    sealed: rootKey(folder),
    status: holdfast(["status", "--agent"], socket, folder).out,
    selfCheck: holdfast(["self-check", "--verbose"], socket, folder).out,
    key,
    filesWithKey: filesWith(key, folder),
  };
  expect(await agent.stop()).toBe(0);
  return found;
}

const FIRST = "first/agent";
let first: FirstStart;
/** Each goes on from here in a home of its own, as the same agent on the same host. */
const after = (home: string) => copy("kept/agent", `${home}/agent`);

/** Each starts several agents, next to whatever else is tested. */
const PATIENCE = 180_000;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "holdfast-sealed-key-"));
  const settings = { collect: { source: "polling" }, credentials: { store: "file" } };
  put("settings.yaml", JSON.stringify({ agent: settings }));
  put("this-host", `${thisHost}\n`);
  put("other-host", `${otherHost}\n`);
  first = await firstStart(FIRST);
  copy(FIRST, "kept/agent");
}, PATIENCE);

afterAll(async () => {
  for (const { process: child } of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(place, { recursive: true, force: true });
});

describe.concurrent("the root key of an agent that keeps it in a file", { timeout: PATIENCE }, () => {
  it("is sealed to its host from the start, opens there again, and lies nowhere in the folder", async () => {
    const { key } = first;
    expect(first.said).toContain("encrypted and bound to this host (machine-id)");
    expect(first.binding).toBe("machine-id");
    expect(first.mode).toBe(0o600);
    expect(first.status).toContain("bound to this host (machine-id)");
    expect(first.selfCheck).toMatch(
      /agent secrets: files below .*, encrypted and bound to this host \(machine-id\): a copy of the folder alone opens nowhere else; root/,
    );
    expect(first.filesWithKey).toEqual([]);
    await passes(here(), FIRST);
    expect(rootKey(FIRST)).toBe(first.sealed);
    expect(exported(here(), FIRST)).toBe(key);
    expect(filesWith(key, FIRST)).toEqual([]);
  });

  it("opens in no copy of the folder on another host, until it is carried over on purpose", async () => {
    const copied = after("copied");
    expect(await refused(elsewhere(), copied)).toContain("is sealed to another host than this one (machine-id)");
    expect(exports(elsewhere(), copied)).toMatchObject({ code: 1, out: "" });
    // The key from a safe, as an operator puts it there.
    put(`${copied}/root.key`, `${first.key}\n`);
    expect(await passes(elsewhere(), copied)).toContain("is sealed in its place");
    expect(bindingOf(copied)).toBe("machine-id");
    verify(elsewhere(), copied);
    expect(await refused(here(), copied)).toContain("is sealed to another host");
    expect(filesWith(first.key, copied)).toEqual([]);
  });

  it("that an older version kept as it is, is sealed in its place, and that is said once", async () => {
    const { key } = first;
    const old = after("old");
    put(`${old}/root.key`, `${key}\n`);
    expect(filesWith(key, old)).toEqual(["root.key"]);
    // Whoever only looks changes nothing.
    verify(here(), old);
    expect(filesWith(key, old)).toEqual(["root.key"]);
    expect((await passes(here(), old)).match(/is sealed in its place/g)).toHaveLength(1);
    expect(filesWith(key, old)).toEqual([]);
    expect(await passes(here(), old)).not.toContain("sealed in its place");
    expect(exported(here(), old)).toBe(key);
    verify(here(), old);
  });

  it("moves to another host under a passphrase, and can hang on that host again", async () => {
    put("passphrase", "correct horse battery\n");
    put("wrong", "wrong horse battery\n");
    const before = after("before");
    expect(await passes({ ...here(), ...under("passphrase") }, before)).toContain("a secret's file is sealed anew");
    expect(bindingOf(before)).toBe("passphrase");
    const moved = copy(before, "moved/agent");
    expect(await refused(elsewhere(), moved)).toContain("is sealed under a passphrase, and none is given");
    expect(await refused({ ...elsewhere(), ...under("wrong") }, moved)).toContain("does not open with the passphrase");
    expect(await refused({ ...elsewhere(), ...under("none") }, moved)).toContain("it is not there");
    await passes({ ...elsewhere(), ...under("passphrase") }, moved);
    await passes({ ...elsewhere(), ...variable("PREVIOUS_PASSPHRASE_FILE", "passphrase") }, moved);
    expect(bindingOf(moved)).toBe("machine-id");
    expect(exported(elsewhere(), moved)).toBe(first.key);
    verify(elsewhere(), moved);
    expect(filesWith(first.key, moved)).toEqual([]);
  });

  it("is kept plain on a host without an id and a passphrase, which is said in the log, and sealed once there is one", async () => {
    put("no-id", "uninitialized\n");
    const plain = "plain/agent";
    const said = await passes(variable("MACHINE_ID_FILE", "no-id"), plain);
    expect(said).toContain("the agent's secrets in files are not encrypted");
    expect(rootKey(plain)).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await passes(here(), plain)).toContain("is sealed in its place");
    expect(bindingOf(plain)).toBe("machine-id");
  });
});
