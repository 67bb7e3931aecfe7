import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { run, type Run, type RunOptions } from "../cli/holdfast.ts";
import { startAgent, type TestAgent } from "./start-agent.ts";

const working = mkdtempSync(join(tmpdir(), "holdfast-agent-commands-"));
const dataDir = join(working, ".holdfast", "agent");
let agent: TestAgent;

/** The command as a user in the working folder runs it: nothing says where the agent is. */
function holdfast(words: readonly string[], options: RunOptions = {}): Run {
  const { stdout, stderr, status } = run(words, { cwd: working, ...options });
  return { out: stdout.toString(), err: stderr.toString(), code: status };
}

const json = <T>(...words: readonly string[]): T => JSON.parse(holdfast([...words, "--json"]).out) as T;

interface Listed {
  readonly items: readonly { readonly id: string; readonly dedupKey: string; readonly state: string }[];
}

const findsAll = `id: finds-all
title: A process was seen
severity: low
sql: SELECT pid, name FROM processes
dedup: [name]
`;

beforeAll(async () => {
  mkdirSync(join(dataDir, "rules"), { recursive: true, mode: 0o700 });
  writeFileSync(join(working, "settings.yaml"), "agent: {}\n");
  agent = await startAgent({ dataDir, config: join(working, "settings.yaml") });
});
afterAll(async () => {
  await agent.stop();
  rmSync(working, { recursive: true, force: true });
});

describe("the command line finds the agent of its folder", () => {
  it("and shows it, with no server beside it", () => {
    const status = holdfast(["status"]);
    expect(status.out).toMatch(/^agent {3}holdfast .*, source \w+, sandbox /);
    expect(status.code).toBe(6);
    expect(holdfast(["status", "--agent"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("ledger") as string,
    });
    expect(holdfast(["hosts"]).code).toBe(0);
    expect(holdfast(["hosts", "show"]).out).toContain("sources\n");
    const diagnostics = holdfast(["self-check", "--verbose"]).out;
    expect(diagnostics).toMatch(/^System Diagnostics\n/);
    expect(diagnostics).toContain("ok  agent: version ");
  });

  it("and not through a folder that is a link", () => {
    renameSync(dataDir, `${dataDir}-moved`);
    symlinkSync("agent-moved", dataDir);
    try {
      expect(holdfast(["alerts"])).toMatchObject({
        code: 7,
        err: expect.stringContaining("not a real folder") as string,
      });
      expect(holdfast(["alerts", "--socket", join(dataDir, "socket")]).code).toBe(0);
    } finally {
      rmSync(dataDir);
      renameSync(`${dataDir}-moved`, dataDir);
    }
  });

  it("and takes no token there that nobody named a place for", () => {
    const env = { HOLDFAST_AGENT_TOKEN: `hft_${"A".repeat(43)}` };
    expect(holdfast(["alerts"], { env })).toMatchObject({ code: 2 });
    const named = { ...env, HOLDFAST_AGENT_SOCKET: agent.socketPath };
    expect(holdfast(["alerts"], { env: named })).toMatchObject({ code: 4 });
  });
});

describe("a rule of five lines", () => {
  it("is taken by a reload, finds something, and can be switched off again", async () => {
    writeFileSync(join(dataDir, "rules", "mine.yaml"), findsAll);
    const lint = holdfast(["rules", "lint", join(dataDir, "rules"), "--config", join(working, "settings.yaml")]);
    expect(lint).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 rule works by the profile strict") as string,
    });
    const reload = holdfast(["rules", "reload"]);
    expect(reload).toMatchObject({ code: 0, out: expect.stringMatching(/1 new, 0 changed, 0 gone\n$/) as string });
    await vi.waitFor(() => expect(json<Listed>("alerts").items).not.toEqual([]), { timeout: 20_000, interval: 200 });
    expect(holdfast(["rules", "show", "finds-all"]).out).toContain("SELECT pid, name FROM processes");
    expect(holdfast(["rules", "disable", "finds-all", "--note", "enough"])).toMatchObject({ code: 0 });
    expect(holdfast(["rules"]).out).toMatch(/^finds-all +low +disabled/m);
  });

  it("that is hostile is refused with its reason and place, in the exit code too", () => {
    writeFileSync(
      join(dataDir, "rules", "hostile.yaml"),
      findsAll.replace("SELECT pid, name FROM processes", "DROP TABLE processes").replace("finds-all", "hostile"),
    );
    const { out, err, code } = holdfast(["rules", "reload"]);
    expect(out).toContain("not running: hostile.yaml:4:6: DROP is not admitted");
    expect([code, err]).toEqual([1, expect.stringContaining("something is wrong in 1 file; what works took effect")]);
  });
});

describe("alerts", () => {
  it("are shown, taken note of, opened again, and silenced", () => {
    const { id, dedupKey } = json<Listed>("alerts", "--rule", "finds-all").items[0]!;
    expect(holdfast(["alerts", "show", id]).out.replaceAll(/ +/g, " ")).toContain(`key ${dedupKey}\n`);
    const shown = holdfast(["alerts", "show", id.slice(0, 12)]).out;
    expect(shown).toContain(`id     ${id}\n`);
    // Of a rule that selects pid and name alone, who it was.
    expect(shown).toMatch(/\nthe process, as the agent knew it then\n(?: .*\n)* {2}parent +\d+\n/);
    expect(holdfast(["alerts", "show", "no id"])).toMatchObject({
      code: 2,
      err: expect.stringContaining('"no id" is no id of an alert') as string,
    });
    expect(holdfast(["alerts", "ack", id, "--note", "ours"])).toMatchObject({ code: 0 });
    expect(json<Listed>("alerts", "list", "--state", "acknowledged").items).toMatchObject([{ id }]);
    expect(holdfast(["alerts", "reopen", id]).code).toBe(0);
    const silenced = holdfast(["alerts", "silence", id, "--for", "5m", "--note", "a test"]);
    const silence = silenced.out.split(" ")[0] ?? "";
    expect(holdfast(["alerts", "silences"]).out).toContain(silence);
    expect(holdfast(["alerts", "unsilence", silence]).code).toBe(0);
    expect(holdfast(["alerts", "show", `al_${"a".repeat(26)}`]).code).toBe(3);
  });

  it("leave entries in the agent's ledger, which verifies", () => {
    const { out } = holdfast(["audit", "log", "--agent", "--action", "alert.acknowledge"]);
    expect(out).toMatch(/alert\.acknowledge +ok +alert:al_/);
    expect(holdfast(["audit", "verify", "--agent", "--state"]).out).toMatch(/^ok/);
  });
});

describe("a query", () => {
  it("shows rows as a table, as CSV and as JSON", () => {
    const sql = "select username, uid from users where uid = 0";
    expect(holdfast(["query", sql]).out).toMatch(/^username +uid\n/);
    expect(holdfast(["query", "--csv", sql]).out).toMatch(/^username,uid\r\n/);
    expect(json<{ readonly columns: readonly string[] }>("query", sql).columns).toEqual(["username", "uid"]);
    expect(holdfast(["query", "-"], { input: sql }).out).toMatch(/^username/);
    expect(holdfast(["query", ".tables"]).out).toContain("process_events");
  });

  it("may use what rules may use by configuration alone", () => {
    const join = "select p.name from processes p join processes q on q.pid = p.parent where p.name like '%' limit 1";
    expect(holdfast(["query", join])).toMatchObject({ code: 0, out: expect.stringMatching(/^name\n/) as string });
  });

  it("that is refused is pointed at", () => {
    const { code, err } = holdfast(["query", "select pid from processes; drop table processes"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^select pid from processes; drop table processes\n {27}\^\nholdfast: /);
  });
});
