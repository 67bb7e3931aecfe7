import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { run } from "../cli/holdfast.ts";
import { startAgent, type TestAgent } from "./start-agent.ts";

/** What a local user may put into the arguments of a program: an escape sequence, line ends, C1, text that runs backwards. */
const ARGUED = "\u001b]0;owned\u0007\u001b[31m\nAlert: none\r\u009b2J\u202egpj.exe";
const SECRET = "hunter2-of-the-attacks-test";
const MARK = "attacks-test-mark";

const finds = `id: marked
title: A marked process was seen
severity: low
sql: SELECT pid, name, path, cmdline, parent_cmdline, username, parent_name FROM process_events WHERE uid >= 0 AND LENGTH(cmdline) > 0 AND SUBSTR(cmdline, 1, ${MARK.length}) = '${MARK}'
`;

let working: string;
let agent: TestAgent | undefined;
let attacker: ChildProcess | undefined;

beforeAll(async () => {
  working = mkdtempSync(join(tmpdir(), "holdfast-agent-attacks-"));
  mkdirSync(join(working, "data", "rules"), { recursive: true, mode: 0o700 });
  writeFileSync(join(working, "data", "rules", "marked.yaml"), finds);
  writeFileSync(join(working, "settings.yaml"), "agent: { sinks: [{ name: out, kind: stdout }] }\n");
  agent = await startAgent({ dataDir: join(working, "data"), config: join(working, "settings.yaml") });
  // The secret stands in the arguments of the parent, and in those of what it starts.
  const start = `const [option] = process.argv.slice(1);
    const given = ["-e", "setTimeout(() => {}, 120000)", "--", option.replace("token", "password")];
    require("node:child_process").spawn(process.execPath, given, { argv0: ${JSON.stringify(`${MARK} ${ARGUED}`)} });`;
  attacker = spawn(process.execPath, ["-e", start, "--", `--token=${SECRET}`], { stdio: "ignore", detached: true });
  await vi.waitUntil(() => shown(["alerts"]).includes("A marked process was seen"), { timeout: 60_000, interval: 250 });
  await vi.waitUntil(() => agent?.output().includes(MARK), 60_000);
}, 150_000);

afterAll(async () => {
  if (attacker?.pid !== undefined) process.kill(-attacker.pid, "SIGKILL");
  await agent?.stop();
  rmSync(working, { recursive: true, force: true });
});

function shown(words: readonly string[]): string {
  const { stdout } = run(words, { cwd: working, env: { HOLDFAST_AGENT_SOCKET: agent?.socketPath ?? "" } });
  return stdout.toString();
}

/** Everything that moves a cursor, changes colours or reorders text; an end of a line is nobody else's. */
// oxlint-disable-next-line no-control-regex -- these are what must not be there
const ACTIVE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe("what a local user puts into arguments", () => {
  it("acts on no terminal and in no line of a sink", () => {
    const query = `SELECT name, cmdline FROM processes WHERE SUBSTR(cmdline, 1, ${MARK.length}) = '${MARK}'`;
    const texts = [
      shown(["alerts"]),
      shown(["alerts", "--json"]),
      shown(["query", query]),
      shown(["query", "--json", query]),
    ];
    for (const text of [...texts, agent?.output() ?? ""]) {
      expect(text).toContain(MARK);
      expect(text).not.toMatch(ACTIVE);
      expect(text).not.toMatch(/^Alert: none/m);
    }
  });

  it("is in no file of the agent and in none of its lines when it is a secret, not even of the parent (ATTACKS 47)", () => {
    const files = readdirSync(agent?.dataDir ?? "", { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const holding = (text: string) =>
      files.map(({ parentPath, name }) => join(parentPath, name)).filter((path) => readFileSync(path).includes(text));
    expect(holding(MARK)).toEqual(expect.arrayContaining([expect.stringContaining("events.db")]));
    expect(holding(SECRET)).toEqual([]);
    expect(agent?.output() ?? "").not.toContain(SECRET);
  });
});
