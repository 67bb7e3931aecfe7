import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commentAbove, deployed, directivesOf, textOf } from "./unit.fixture.ts";

const unit = textOf("systemd/holdfast-agent.service");
const directives = directivesOf(unit);
const dropIns = ["home", "ebpf", "audit"].map((name) => `holdfast-agent-${name}.conf`);
const hasAnalyze = spawnSync("systemd-analyze", ["--version"]).status === 0;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-unit-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The unit with drop-ins, in a folder of its own; its program is one that every host has. */
function install(...names: readonly string[]): string {
  const path = join(folder, "holdfast-agent.service");
  writeFileSync(path, unit.replace("/usr/bin/holdfast agent", "/bin/true"));
  mkdirSync(`${path}.d`, { recursive: true });
  for (const name of names) copyFileSync(deployed(`systemd/${name}`), join(`${path}.d`, name));
  return path;
}

const analyze = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
};

describe("the unit of the agent", () => {
  it.each([
    ["Type", "notify"],
    ["Restart", "always"],
    ["RestartSec", "5"],
    ["NoNewPrivileges", "yes"],
    ["ProtectSystem", "strict"],
    ["ProtectHome", "yes"],
    ["StateDirectoryMode", "0700"],
    ["UMask", "0077"],
    ["LimitCORE", "0"],
    ["MemorySwapMax", "0"],
    ["User", "holdfast-agent"],
  ])("has %s=%s, as the source document wants it or stricter", (name, value) => {
    expect(directives.get(name)).toEqual([value]);
  });

  it("has its own folders, limits and a watchdog", () => {
    for (const name of ["ReadWritePaths", "StateDirectory", "RuntimeDirectory", "MemoryMax", "SystemCallFilter"]) {
      expect(directives.has(name)).toBe(true);
    }
    expect(Number(directives.get("WatchdogSec"))).toBeGreaterThan(10);
    expect(directives.get("ReadWritePaths")).toEqual(
      directives.get("StateDirectory")?.map((name) => `/var/lib/${name}`),
    );
  });

  it("starts with what its drop-ins do not loosen: three capabilities, each with its reason", () => {
    const bounding = directives.get("CapabilityBoundingSet");
    expect(bounding).toEqual(["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_NET_ADMIN"]);
    expect(directives.get("AmbientCapabilities")).toEqual(bounding);
  });

  it.each(["holdfast-agent.service", ...dropIns])("says in %s of each capability what it is for", (name) => {
    const text = textOf(`systemd/${name}`);
    const given = directivesOf(text);
    expect(given.get("AmbientCapabilities")).toEqual(given.get("CapabilityBoundingSet"));
    for (const capability of given.get("CapabilityBoundingSet") ?? []) {
      expect(commentAbove(text, `CapabilityBoundingSet=${capability}`)).toMatch(new RegExp(`^# ${capability}: .{10}`));
    }
  });

  it.each(dropIns)("says in %s what it loosens and what it gives", (name) => {
    expect(textOf(`systemd/${name}`)).toMatch(/^# What it loosens: .*\n(?:# .*\n)*# What it gives: /m);
  });

  it
    .skipIf(!hasAnalyze)
    .each([["alone", []], ...dropIns.map((name) => [`with ${name}`, [name]]), ["with all", dropIns]] as [
      string,
      string[],
    ][])("is understood by systemd %s, without a warning (needs systemd-analyze)", (_, names) => {
    expect(analyze("verify", install(...names))).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  it.skipIf(!hasAnalyze)("exposes little, by systemd's own measure (needs systemd-analyze 250)", () => {
    const { stdout, status } = analyze("security", "--offline=true", "--threshold=40", install());
    expect(stdout).toMatch(/Overall exposure level for holdfast-agent.service: [0-3]\.\d OK/);
    expect(status).toBe(0);
  });

  it.skipIf(!hasAnalyze)(
    "is worse off with every drop-in, which is why they are none of it (needs systemd-analyze 250)",
    () => {
      const exposure = (...names: readonly string[]): number => {
        const { stdout } = analyze("security", "--offline=true", install(...names));
        return Number(/exposure level for [^:]*: ([\d.]+)/.exec(stdout)?.[1]);
      };
      const alone = exposure();
      for (const name of dropIns) {
        rmSync(join(folder, "holdfast-agent.service.d"), { recursive: true });
        expect(exposure(name)).toBeGreaterThanOrEqual(alone);
      }
    },
  );
});

const recipe = /^install -d[\s\S]*?^ {2}holdfast agent$/m.exec(textOf("systemd/README.md"))?.[0] ?? "";
const recipeProblem =
  process.platform !== "linux"
    ? "needs Linux"
    : process.geteuid?.() !== 0
      ? "needs root"
      : spawnSync("setpriv", ["--version"]).status !== 0
        ? "needs setpriv"
        : undefined;

describe("the recipe for hosts without systemd", () => {
  it("gives the capabilities of the unit, and no others", () => {
    const sets = [...recipe.matchAll(/--(?:inh-caps|ambient-caps|bounding-set)=-all,(\S+)/g)].map(([, set]) => set);
    const wanted = directives.get("CapabilityBoundingSet")?.map((name) => `+${name.replace("CAP_", "").toLowerCase()}`);
    expect(sets).toEqual([wanted?.join(","), wanted?.join(","), wanted?.join(",")]);
  });

  it.skipIf(recipeProblem !== undefined)(
    `starts a process that has these, another user, and nothing of the environment (${recipeProblem ?? "as root"})`,
    () => {
      const shown =
        'sh -c \'id -u; id -G; grep -E "^(Cap|NoNewPrivs)" /proc/self/status; env; ls -d "$HOLDFAST_AGENT_DATA_DIR"\'';
      const script = recipe.replaceAll("/var/lib/", `${folder}/`).replace(/holdfast agent$/, shown);
      spawnSync("chmod", ["711", folder]);
      const env = { PATH: process.env["PATH"], HOLDFAST_ROOT_KEY: "hunter2" };
      const { stdout, stderr } = spawnSync("sh", ["-c", script], { encoding: "utf8", env, cwd: "/" });
      expect(stderr).toBe("");
      const mask = "0000000000081004";
      const lines = stdout.split("\n");
      expect(lines.slice(0, 2)).toEqual(["61234", "61234"]);
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(lines).toContain(`${set}:\t${mask}`);
      expect(lines).toContain("NoNewPrivs:\t1");
      expect(lines).toContain(`HOLDFAST_AGENT_DATA_DIR=${folder}/holdfast-agent`);
      expect(stdout).not.toContain("hunter2");
    },
  );
});
