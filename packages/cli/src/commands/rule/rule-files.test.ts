import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Command } from "../../command.ts";
import { stage } from "../../context.fixture.ts";
import { ruleExplain } from "./explain.ts";
import { ruleLint } from "./lint.ts";
import { ruleTest } from "./test.ts";

const five = `id: shell-in-tmp
title: A program runs from /tmp
severity: high
sql: SELECT pid, path FROM process_events WHERE SUBSTR(path, 1, 5) = '/tmp/'
`;
const tests = `tests:
  match:
    - name: in /tmp
      process_events: [{path: /tmp/x}]
  no_match:
    - name: elsewhere
      process_events: [{path: /usr/bin/x}]
`;

// The settings are the agent's: its sources are read once, before any test waits for them.
beforeAll(() => import("@holdfast/agent"), 60_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-rule-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(folder, name), text);

async function run(command: Command, names: readonly string[], options: Readonly<Record<string, string | true>> = {}) {
  const given = { arguments: names, options };
  const env = { HOME: folder, XDG_CONFIG_HOME: join(folder, "config") };
  const staged = stage({ workingFolder: folder, env }, given, command);
  const code = await command.run(staged.context, given);
  return { out: staged.out(), err: staged.err(), code, calls: staged.calls };
}

const byDefault = "by the profile strict (the default of agent.detection.profile)";
const wide = five.replace("SUBSTR(path, 1, 5) = '/tmp/'", "path LIKE '/tmp/%'");

describe("rules lint", () => {
  it("accepts a rule of five lines, and asks no agent", async () => {
    write("five.yaml", five);
    const out = `1 rule works ${byDefault}\n`;
    expect(await run(ruleLint, ["five.yaml"])).toEqual({ out, err: "", code: undefined, calls: [] });
  });

  it("names file, line and column of each mistake, also in folders", async () => {
    mkdirSync(join(folder, "rules/deep"), { recursive: true });
    write("rules/good.yml", five);
    write("rules/deep/bad.yaml", five.replace("SELECT", "DELETE"));
    write("rules/notes.txt", "nonsense: [");
    const { out, code } = await run(ruleLint, ["rules"]);
    expect(out).toBe(`rules/deep/bad.yaml:4:6: DELETE is not admitted: only SELECT is\n1 rule works ${byDefault}\n`);
    expect(code).toBe(1);
  });

  it("judges by the profile that an agent started here would have, and says what only the other admits", async () => {
    write("wide.yaml", `${wide}profile: extended\n`);
    const strict = await run(ruleLint, ["wide.yaml"]);
    expect(strict.code).toBe(1);
    expect(strict.out).toContain(`0 rules work ${byDefault}\n`);
    expect(strict.out).toContain(
      "only by the profile extended: shell-in-tmp (set agent.detection.profile: extended)\n",
    );
    write("agent.yaml", "agent:\n  detection:\n    profile: extended\n");
    const config = join(folder, "agent.yaml");
    const { out, code } = await run(ruleLint, ["wide.yaml"], { config });
    expect(code).toBeUndefined();
    expect(out).toContain(`1 rule works by the profile extended (agent.detection.profile, ${config}:3:5)\n`);
    expect(out).toContain("an agent with the profile strict refuses them");
  });

  it("names no more rules than can be read", async () => {
    const rules = Array.from(
      { length: 25 },
      (_, at) => `- ${wide.trim().replace("shell", `r${at}`).replaceAll("\n", "\n  ")}`,
    );
    write("many.yaml", rules.map((rule) => `${rule}\n  profile: extended\n`).join(""));
    expect((await run(ruleLint, ["many.yaml"])).out).toMatch(
      /only by the profile extended: r0-in-tmp, .* and 5 more \(/,
    );
  });

  it("judges by the profile that is wanted", async () => {
    write("wide.yaml", `${wide}profile: extended\n`);
    const { out, code } = await run(ruleLint, ["wide.yaml"], { profile: "extended" });
    expect(code).toBeUndefined();
    expect(out).toContain("1 rule works by the profile extended (--profile)\n");
    await expect(run(ruleLint, ["wide.yaml"], { profile: "all" })).rejects.toThrow("strict or extended");
  });

  it("says what to write in a rule that needs the wider profile and does not say so", async () => {
    write("wide.yaml", wide);
    const { out, code } = await run(ruleLint, ["wide.yaml"], { profile: "extended" });
    expect(out).toContain("write profile: extended in the rule)");
    expect(code).toBe(1);
  });

  it("takes the narrow profile when the agent's settings cannot be used, and says so", async () => {
    write("five.yaml", five);
    write("agent.yaml", "agent:\n  detektion: {}\n");
    const { out, err, code } = await run(ruleLint, ["five.yaml"], { config: join(folder, "agent.yaml") });
    expect(out).toContain(byDefault);
    expect(err).toMatch(/the agent's settings cannot be used, so the profile strict is taken: .*detektion/);
    expect(code).toBeUndefined();
  });

  it("says in JSON what it found", async () => {
    write("bad.yaml", "id: [");
    const { out } = await run(ruleLint, ["bad.yaml"], { json: true });
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      profile: "strict",
      rules: 0,
      extendedOnly: [],
      issues: [{ code: "yaml_invalid" }],
    });
  });

  it("refuses what it cannot read", async () => {
    write("binary.yaml", new Uint8Array([0xff, 0xfe]));
    write("large.yaml", "#".repeat(4 * 1024 * 1024 + 1));
    await expect(run(ruleLint, ["binary.yaml"])).rejects.toThrow("is not UTF-8");
    await expect(run(ruleLint, ["large.yaml"])).rejects.toThrow("is larger than");
    await expect(run(ruleLint, ["missing.yaml"])).rejects.toThrow("there is no missing.yaml");
  });
});

describe("rules test", () => {
  it("runs the tests that rules bring", async () => {
    write("five.yaml", five + tests);
    expect(await run(ruleTest, ["five.yaml"])).toMatchObject({ out: "1 rule: 2 of 2 tests passed\n", code: undefined });
  });

  it("names tests that fail, each way", async () => {
    write("five.yaml", five.replace("'/tmp/'", "'/usr/'") + tests);
    const { out, code } = await run(ruleTest, ["five.yaml"]);
    expect(out).toContain("failed  shell-in-tmp: in /tmp: nothing was found\n");
    expect(out).toContain("failed  shell-in-tmp: elsewhere: found 1 row that must not match\n");
    expect(code).toBe(1);
  });

  it("passes rules without tests, unless tests are required", async () => {
    write("five.yaml", five);
    expect((await run(ruleTest, ["five.yaml"])).code).toBeUndefined();
    const { out, code } = await run(ruleTest, ["five.yaml"], { require: true });
    expect(out).toContain("failed  shell-in-tmp: brings no tests\n");
    expect(code).toBe(1);
  });

  it("fails for rules that do not work", async () => {
    write("bad.yaml", five.replace("pid, path", "nothing"));
    expect((await run(ruleTest, ["bad.yaml"])).code).toBe(1);
  });
});

describe("rules explain", () => {
  it("shows what SQLite is given, and what that reads and finds", async () => {
    write("five.yaml", `${five}schedule: {every: 5m}\nwindow: 1h\ndedup: [path]\n`);
    const { out, code } = await run(ruleExplain, ["five.yaml"]);
    expect(out).toContain("raises  alerts of severity high, one for each path\n");
    expect(out).toContain("runs    every 300 s, over rows of the last 3600 s\n");
    expect(out).toContain("reads   process_events\nfinds   pid, path\n");
    expect(out).toContain("with\n  1  1\n  2  5\n  3  /tmp/\n");
    expect(code).toBeUndefined();
  });

  it("says what is wrong beside what is right", async () => {
    write("both.yaml", `- ${five.trimEnd().replaceAll("\n", "\n  ")}\n- id: bad\n`);
    const { out, code } = await run(ruleExplain, ["both.yaml"]);
    expect(out).toMatch(/^both\.yaml:\d+:\d+: /);
    expect(out).toContain("shell-in-tmp");
    expect(code).toBe(1);
  });
});
