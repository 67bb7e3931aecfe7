import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoadedSettings, printProblem } from "@holdfast/runtime";
import { ruleTables } from "@holdfast/rules";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentPlaces, agentPlaces } from "./agent-places.ts";
import { agentSettings } from "./agent-settings.ts";
import { addressOf } from "./contradictions.ts";
import { describeAgentSettings, showAgentSettings } from "./describe.ts";
import { ownFiles } from "./own-files.ts";
import { planAgentReload } from "./reload.ts";
import type { AgentSettings } from "./schema.ts";
import { sinkSettings } from "./sink-settings.ts";

const sample = new URL("../../../../deploy/samples/agent.yaml", import.meta.url);
const agentPage = new URL("../../../../docs/agent.md", import.meta.url);
const sinksPage = new URL("../../../../docs/sinks.md", import.meta.url);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-settings-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const places = (): AgentPlaces => ({
  systemFolder: join(folder, "etc"),
  userFolder: undefined,
  dataDir: "/data",
  workingFolder: folder,
});

function write(text: string): void {
  mkdirSync(join(folder, "etc"), { recursive: true });
  writeFileSync(join(folder, "etc/agent.yaml"), text);
}

function loaded(
  environment: Readonly<Record<string, string>> = {},
  flags: Readonly<Record<string, string>> = {},
): LoadedSettings<AgentSettings> {
  const found = agentSettings(environment, flags, places());
  if (!found.ok) throw new Error(found.problems.map(printProblem).join("\n"));
  return found;
}

const problemsOf = (
  environment: Readonly<Record<string, string>> = {},
  flags: Readonly<Record<string, string>> = {},
): readonly string[] => {
  const found = agentSettings(environment, flags, places());
  return found.ok ? [] : found.problems.map((problem) => printProblem(problem).replaceAll(`${folder}/`, ""));
};

/** The sample with everything that it comments out; of two ways to write a list, the commented one. */
function wholeSample(): string {
  return readFileSync(sample, "utf8")
    .replaceAll(/^ *(?:watch|sinks|quietHours): \[\]$|^ *routes: \{\}$/gm, "")
    .replaceAll(/^( *)#(?=\S| {2})/gm, "$1");
}

describe("the settings of an agent", () => {
  it("have the defaults of the source document", () => {
    expect(loaded().settings).toMatchObject({
      dataDir: "/data",
      logLevel: "info",
      memoryMiB: 100,
      collect: { tickSeconds: 1, source: "auto", concurrency: 4, maskSecrets: true, watch: [] },
      store: { batchRows: 1_000, batchSeconds: 5, queueRows: 10_000 },
      detection: { profile: "strict", timeoutSeconds: 30, memoryMiB: 64, sandbox: "partial", sandboxRequired: false },
      credentials: { store: "auto" },
      metricsAddress: undefined,
      sinks: [],
      rootKey: undefined,
    });
  });

  it("are all in the sample, with their defaults, and the sample is taken as it stands", () => {
    write(readFileSync(sample, "utf8"));
    const found = loaded();
    const shown = showAgentSettings(found);
    const defaults = Object.fromEntries(describeAgentSettings().map((one) => [one.path, one.default]));
    const file = join(folder, "etc/agent.yaml");
    const expected = shown.map(({ path }) => ({
      path,
      value: path === "dataDir" ? "/var/lib/holdfast-agent" : (defaults[path] ?? "").replace(/^none$/, "[]"),
      from: defaults[path] === "not set" ? "default" : file,
    }));
    const from = (origin: string) => origin.replace(/:\d+:\d+$/, "");
    expect(shown.map(({ path, value, origin }) => ({ path, value, from: from(origin) }))).toEqual(expected);
  });

  it("are all explained in the sample, and what it comments out can be taken in", () => {
    write(wholeSample());
    const { settings, files } = loaded();
    expect(files).toEqual([join(folder, "etc/agent.yaml")]);
    expect(settings).toMatchObject({
      host: "web-1",
      rootKey: { kind: "credential", name: "root-key" },
      metricsAddress: "127.0.0.1:9464",
      collect: { watch: [{ category: "web", paths: ["/srv/www/**"], excludes: ["/srv/www/cache/**"] }] },
      routes: new Map([["urgent", { severities: ["high", "critical"] }]]),
    });
    expect(settings.sinks.map((sink) => sink["name"])).toEqual(["on-call", "mail", "log"]);
    const keys = describeAgentSettings().map(({ path }) => path.split(/\.|\[\]/).at(-1));
    const text = readFileSync(sample, "utf8");
    for (const key of keys) expect(text).toMatch(new RegExp(`(?:^|[\\s{#])${key}:`, "m"));
  });

  it("take the example of docs/sinks.md as it stands, with every kind of sink", () => {
    write(/^```yaml\n([^]*?)^```$/m.exec(readFileSync(sinksPage, "utf8"))![1]!);
    const kinds = loaded().settings.sinks.map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["webhook", "smtp", "slack", "teams", "syslog", "stdout"]));
  });

  it("take the example of docs/agent.md as it stands", () => {
    write(/^```yaml\n([^]*?)^```$/m.exec(readFileSync(agentPage, "utf8"))![1]!);
    expect(loaded().settings.sinks).toHaveLength(2);
  });

  it("come from the environment and from flags, and leave alone what clients are told", () => {
    const environment = {
      HOLDFAST_AGENT_DATA_DIR: "/env",
      HOLDFAST_AGENT_COLLECT_TICK_SECONDS: "2",
      HOLDFAST_AGENT_COLLECT_COLLECTORS_KERNEL_MODULES_INTERVAL_SECONDS: "5m",
      HOLDFAST_AGENT_TOKEN: "hfs_secret",
      HOLDFAST_DATA_DIR: "/server",
    };
    const { settings } = loaded(environment, { dataDir: "flag" });
    expect(settings.dataDir).toBe(join(folder, "flag"));
    expect(settings.collect).toMatchObject({
      tickSeconds: 2,
      collectors: { kernelModules: { enabled: true, intervalSeconds: 300 }, users: { intervalSeconds: undefined } },
    });
    expect(loaded(environment).settings.dataDir).toBe("/env");
  });

  it("say of every table that is filled by looking how that is done", () => {
    const { settings } = loaded({}, { "collect.collectors.kernelModules.enabled": "false" });
    const tables = ruleTables.filter(({ kind, name }) => kind === "state" && !name.startsWith("agent_"));
    const names = tables.map(({ name }) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
    expect(Object.keys(settings.collect.collectors).toSorted()).toEqual(names.toSorted());
    expect(settings.collect.collectors.kernelModules).toEqual({ enabled: false, intervalSeconds: undefined });
  });

  it("have one variable each", () => {
    const variables = describeAgentSettings().flatMap(({ variable }) => (variable === undefined ? [] : [variable]));
    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain("HOLDFAST_AGENT_METRICS_ADDRESS");
  });

  it("say their units", () => {
    const of = (kind: string) => describeAgentSettings().filter(({ type }) => type.startsWith(kind));
    for (const { path } of of("duration")) expect(path).toMatch(/Seconds$/);
    for (const { path } of of("whole number")) expect(path).toMatch(/(?:MiB|Rows|Days|Hour|concurrency)$/);
  });

  it("are refused where they contradict each other, each at its place", () => {
    write(
      [
        "agent:",
        "  memoryMiB: 64",
        "  metricsAddress: 10.0.0.1:9464",
        "  store: { batchRows: 5000, queueRows: 100 }",
        "  detection: { enabled: [a-rule, b], disabled: [a-rule] }",
        "  collect:",
        "    watch:",
        "      - { category: web, paths: [/a] }",
        "      - { category: web }",
      ].join("\n"),
    );
    expect(problemsOf()).toEqual([
      "default: detection.memoryMiB leaves nothing of memoryMiB for the agent itself; a query has to take less than agent and executor together",
      "etc/agent.yaml:4:12: store.batchRows is more than store.queueRows ever holds",
      "etc/agent.yaml:3:3: metricsAddress may be reached from other hosts; use 127.0.0.1, or set metricsOpenToOthers to true",
      "etc/agent.yaml:7:5: collect.watch has the category web twice",
      "etc/agent.yaml:7:5: collect.watch has no paths in the category web",
      "etc/agent.yaml:5:38: a-rule stands in detection.enabled and in detection.disabled",
    ]);
  });

  it.each([
    ["127.0.0.1:9464", true],
    ["127.255.0.9:0", true],
    ["[::1]:9464", true],
    ["localhost:9464", true],
    ["127.0.0.256:1", false],
    ["127.0.0.1.example.org:80", false],
    ["0.0.0.0:9464", false],
    ["[::]:9464", false],
    ["127.0.0.1:65536", false],
  ])("open the metrics address %s without further words: %s", (metricsAddress, isTaken) => {
    expect(problemsOf({}, { metricsAddress }).length === 0).toBe(isTaken);
  });

  it("open a metrics address to others when that is said", () => {
    const flags = { metricsAddress: "[::]:9464", metricsOpenToOthers: "true" };
    expect(addressOf(loaded({}, flags).settings.metricsAddress ?? "")).toEqual({ host: "::", port: 9464 });
  });

  it("refuse sinks that notify refuses, at the places where they are written, and without a secret in them", () => {
    write(
      [
        "agent:",
        "  routes:",
        "    urgent: { severity: [high] }",
        "  quietHours: [{ zone: Nowhere/City, from: '22:00', to: '06:00' }]",
        "  sinks:",
        "    - name: ops",
        "      kind: slack",
        "      url: http://hooks.example.org/hunter2",
        "    - { name: log, kind: syslogd }",
      ].join("\n"),
    );
    const problems = problemsOf();
    const at = problems.map((problem) => problem.split(": ")[0]);
    expect(at).toContain("etc/agent.yaml:8:7");
    expect(at).toContain("etc/agent.yaml:9:20");
    expect(at).toContain("etc/agent.yaml:3:15");
    expect(problems.join("\n")).toContain("Europe/Berlin");
    expect(problems.join("\n")).not.toContain("hunter2");
  });
});

describe("the sinks of an agent", () => {
  const quietHours = [{ zone: "UTC", from: "22:00", to: "06:00" }];

  it("for people keep the common quiet hours, but for their own", () => {
    const own = [{ zone: "UTC", from: "01:00", to: "02:00" }];
    const sinks = [
      { name: "a", kind: "slack" },
      { name: "b", kind: "smtp", quietHours: own },
      { name: "c", kind: "syslog" },
      { name: "d", kind: "stdout" },
    ];
    expect(sinkSettings({ routes: new Map([["r", { tags: ["x"] }]]), sinks, quietHours })).toEqual({
      routes: { r: { tags: ["x"] } },
      sinks: [{ ...sinks[0], quietHours }, sinks[1], sinks[2], sinks[3]],
    });
    expect(sinkSettings({ routes: new Map(), sinks, quietHours: [] })).toEqual({ routes: {}, sinks });
  });
});

describe("a reload", () => {
  it("takes over rules, sinks, watched files and the log level, and names what waits for a restart", () => {
    const before = loaded().settings;
    const after = loaded(
      {},
      {
        logLevel: "debug",
        sinks: '[{"name": "out", "kind": "stdout"}]',
        "collect.watch": '[{"category": "web", "paths": ["/srv"]}]',
        "detection.disabled": "a-rule",
        "detection.rulesFolder": "/rules",
        "detection.profile": "extended",
        "collect.tickSeconds": "5",
        memoryMiB: "200",
        dataDir: "/elsewhere",
      },
    ).settings;
    const plan = planAgentReload(before, after);
    expect(plan.reloaded).toEqual([
      "logLevel",
      "collect.watch",
      "detection.profile",
      "detection.rulesFolder",
      "detection.disabled",
      "sinks",
    ]);
    expect(plan.needRestart).toEqual(["dataDir", "memoryMiB", "collect.tickSeconds"]);
    expect(plan.settings).toMatchObject({
      dataDir: "/data",
      memoryMiB: 100,
      logLevel: "debug",
      collect: { tickSeconds: 1 },
    });
  });
});

describe("the places of an agent", () => {
  it("are the system's and the user's folder, and a data folder beside the development server's", () => {
    expect(agentPlaces({ HOME: "/home-of-ida" }, { workingFolder: "/work", platform: "linux" })).toEqual({
      systemFolder: "/etc/holdfast",
      userFolder: "/home-of-ida/.config/holdfast",
      namedFile: undefined,
      dataDir: "/work/.holdfast/agent",
      workingFolder: "/work",
    });
    expect(agentPlaces({ HOME: "/h", XDG_CONFIG_HOME: "/x" }).userFolder).toBe("/x/holdfast");
    expect(agentPlaces({ HOME: "/h", XDG_CONFIG_HOME: "relative" }).userFolder).toBe("/h/.config/holdfast");
    expect(agentPlaces({}, { platform: "win32" }).systemFolder).toBe("C:\\ProgramData\\Holdfast");
  });

  it("are those of the unit in a service, whose own home is none of them", () => {
    const environment = {
      HOME: "/var/lib/holdfast-agent",
      XDG_CONFIG_HOME: "/etc",
      STATE_DIRECTORY: "/var/lib/holdfast-agent:/var/lib/other",
    };
    expect(agentPlaces(environment, { workingFolder: "/", platform: "linux" })).toMatchObject({
      userFolder: undefined,
      dataDir: "/var/lib/holdfast-agent",
    });
  });
});

describe("the agent's own files", () => {
  it("are its program, its configuration, its rules and its stores", () => {
    const { settings } = loaded();
    const own = ownFiles(settings, {
      files: ["/etc/holdfast/agent.yaml"],
      folders: ["/etc/holdfast", undefined],
      program: ["/usr/bin/node", "/usr/lib/holdfast/holdfast.cjs"],
    });
    expect(own).toMatchObject({
      configuration: ["/etc/holdfast/agent.yaml", "/etc/holdfast"],
      rules: ["/data/rules"],
      stores: ["/data/holdfast.db", "/data/events.db", "/data/outbox.db", "/data/root.key"],
    });
    expect(own.programs).toHaveLength(2);
    expect(ownFiles(settings, { files: [] }).programs[0]).toContain("node");
  });
});
