import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bounds } from "./bounds.ts";
import { loadConfiguration, type Sources } from "./load.ts";
import { originWithin } from "./node.ts";
import { printOrigin } from "./origin.ts";
import { printProblem } from "./problem.ts";
import { type Settings, schema } from "./schema.fixture.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-load-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Files below `etc` and `home`, which are the two folders of layers. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const load = (told: Partial<Sources> = {}) =>
  loadConfiguration(schema, {
    program: "agent",
    neighbours: ["server"],
    systemFolder: join(folder, "etc"),
    userFolder: join(folder, "home"),
    environment: {},
    flags: {},
    workingFolder: "/work",
    ...told,
  });

function settingsOf(told: Partial<Sources> = {}): Settings {
  const loaded = load(told);
  if (!loaded.ok) throw new Error(loaded.problems.map(printProblem).join("\n"));
  return loaded.settings;
}

const problemsOf = (told: Partial<Sources> = {}): readonly string[] => {
  const loaded = load(told);
  return loaded.ok ? [] : loaded.problems.map((problem) => printProblem(problem).replaceAll(folder, ""));
};

describe("a configuration in layers", () => {
  it("has the defaults of its schema when nobody says anything", () => {
    expect(settingsOf()).toEqual({
      tickSeconds: 1,
      dataDir: "/var/lib/program",
      logLevel: "info",
      maskSecrets: true,
      owner: undefined,
      key: undefined,
      store: { batchRows: 1_000, batchSeconds: 5 },
      watch: [],
      folders: ["/rules"],
      sinks: [],
      limits: new Map(),
    });
  });

  it("lays user over system, environment over files, and flags over all, and knows where each value is from", () => {
    write({
      "etc/10-base.yaml": "agent:\n  tickSeconds: 2\n  store: { batchRows: 10, batchSeconds: 10s }\n  owner: ida\n",
      "etc/20-more.toml": '[agent.store]\nbatchRows = 20\n\n[agent.limits]\na = 1\n"b.c" = 2\n',
      "home/mine.json": '{"agent": {"store": {"batchRows": 30}, "logLevel": "debug",\n "limits": {"a": 3}}}',
      "home/not.conf": "?",
      "home/.hidden.yaml": "?",
    });
    const environment = { HOLDFAST_AGENT_STORE_BATCH_ROWS: "40", HOLDFAST_AGENT_OWNER: "", HOLDFAST_DATA_DIR: "x" };
    const loaded = load({ environment, flags: { "store.batchRows": "50" } });
    if (!loaded.ok) throw new Error("refused");
    expect(loaded.settings).toMatchObject({
      tickSeconds: 2,
      owner: "ida",
      logLevel: "debug",
      store: { batchRows: 50, batchSeconds: 10 },
      limits: new Map([
        ["a", 3],
        ["b.c", 2],
      ]),
    });
    const origins = ["tickSeconds", "store.batchRows", "store.batchSeconds", "logLevel", "maskSecrets", "nothing.here"];
    expect(origins.map((path) => printOrigin(loaded.originOf(path.split("."))).replace(folder, ""))).toEqual([
      "/etc/10-base.yaml:2:3",
      "--set store.batchRows",
      "/etc/10-base.yaml:3:27",
      "/home/mine.json:1:40",
      "default",
      "default",
    ]);
    expect(loaded.files.map((file) => file.replace(folder, ""))).toEqual([
      "/etc/10-base.yaml",
      "/etc/20-more.toml",
      "/home/mine.json",
    ]);
    expect(settingsOf({ environment }).store.batchRows).toBe(40);
    expect(settingsOf().store.batchRows).toBe(30);
  });

  it("replaces a list by that of the higher layer", () => {
    write({
      "etc/a.yaml": "agent: { folders: [/a, /b], sinks: [{ name: one, url: x }] }",
      "home/a.yaml": "agent: { folders: [] }",
    });
    expect(settingsOf()).toMatchObject({ folders: [], sinks: [{ name: "one", url: "x" }] });
  });

  it("takes a named file in place of both folders", () => {
    write({ "etc/a.yaml": "agent: { tickSeconds: 2 }", "named.yml": "agent: { owner: ida }" });
    expect(settingsOf({ namedFile: join(folder, "named.yml") })).toMatchObject({ tickSeconds: 1, owner: "ida" });
    expect(problemsOf({ namedFile: join(folder, "absent.yml") })).toEqual([
      "/absent.yml:1:1: the file is not used: it is missing",
    ]);
  });

  it("takes a section that is empty because all in it is commented out, and a file that is", () => {
    write({
      "etc/a.yaml": "agent:\n  store:\n    # batchRows: 1\n  limits:\n",
      "etc/b.yaml": "# nothing\n",
      "etc/c.json": "{}",
    });
    expect(settingsOf().store.batchRows).toBe(1_000);
  });

  it("counts a relative path from the file that says it, else from the working folder", () => {
    write({ "etc/a.yaml": "agent: { dataDir: ../data, folders: [rules, /abs] }" });
    expect(settingsOf({ environment: { HOLDFAST_AGENT_FOLDERS: "more, ./rules" } })).toMatchObject({
      dataDir: join(folder, "data"),
      folders: ["/work/more", "/work/rules"],
    });
  });

  it("reads lists, maps and secrets from variables", () => {
    const environment = {
      HOLDFAST_AGENT_WATCH: '[{"category": "etc", "paths": ["/etc/**"]}]',
      HOLDFAST_AGENT_LIMITS: '{"a": 1}',
      HOLDFAST_AGENT_FOLDERS: '["/a,b"]',
      HOLDFAST_AGENT_KEY_FILE: "key.hex",
      HOLDFAST_AGENT_TICK_SECONDS: "1m",
      HOLDFAST_AGENT_MASK_SECRETS: "false",
    };
    expect(settingsOf({ environment })).toMatchObject({
      watch: [{ category: "etc", paths: ["/etc/**"] }],
      limits: new Map([["a", 1]]),
      folders: ["/a,b"],
      key: { kind: "file", path: "/work/key.hex" },
      tickSeconds: 60,
      maskSecrets: false,
    });
    expect(settingsOf({ flags: { "key.credential": "agent-key" } }).key).toEqual({
      kind: "credential",
      name: "agent-key",
    });
  });

  it("leads a reader of records to their places", () => {
    write({ "etc/a.yaml": "agent:\n  sinks:\n    - name: ops\n      url: http://x\n" });
    const loaded = load();
    const node = loaded.ok ? loaded.nodeOf(["sinks"]) : undefined;
    expect(printOrigin(originWithin(node!, [0, "url"]))).toBe(`${folder}/etc/a.yaml:4:7`);
    expect(printOrigin(originWithin(node!, [0, "missing"]))).toBe(`${folder}/etc/a.yaml:3:7`);
    expect(printOrigin(originWithin(node!, [7]))).toBe(`${folder}/etc/a.yaml:3:5`);
  });

  it("tells everything that is wrong at once, each with its place", () => {
    write({
      "etc/a.yaml": [
        "agent:",
        "  tickSecond: 5",
        "  tickSeconds: 2h",
        "  store:",
        "    batchRows: many",
        "    batch_seconds: 1",
        "  logLevel: debgu",
        "  maskSecrets: yes",
        "  owner: Ida",
        "  dataDir: ~/data",
        "  watch: [{ paths: [1, /a] }, { category: 7 }, nothing, { category: a, color: blue }]",
        "  folders: /rules",
        "  limits: { a: 10, 'b c': 1 }",
        "agents: 1",
        "store: 1",
      ].join("\n"),
      "etc/b.toml": "agent = 5\n",
      "etc/c.json": '{"agent": {"owner": "a\\u0000b"}, }',
      "etc/d.json": "[]",
    });
    const flags = { "store.batchrows": "1", tickSeconds: "soon" };
    const environment = { HOLDFAST_AGENT_TICKSECONDS: "1", HOLDFAST_AGENT_WATCH: "[1", HOLDFAST_AGENT_SINKS: "a,b" };
    expect(problemsOf({ flags, environment })).toEqual([
      '/etc/a.yaml:14:1: "agents" is no part of this file; did you mean agent?',
      '/etc/a.yaml:15:1: "store" is no part of this file; did you mean store below agent?',
      '/etc/a.yaml:2:3: "tickSecond" is not a setting; did you mean tickSeconds?',
      "/etc/a.yaml:3:16: tickSeconds has to be between 1s and 1h",
      "/etc/a.yaml:5:16: store.batchRows is not a whole number",
      '/etc/a.yaml:6:5: "store.batch_seconds" is not a setting; did you mean batchSeconds?',
      "/etc/a.yaml:7:13: logLevel has to be one of debug, info, warn; did you mean debug?",
      "/etc/a.yaml:8:16: maskSecrets is not true or false",
      "/etc/a.yaml:9:10: owner does not have the right form: it has to be small letters",
      "/etc/a.yaml:10:12: dataDir begins with ~, which means nothing here; write the whole path",
      "/etc/a.yaml:11:21: watch[0].paths[0] is not a text; write it in quotes",
      "/etc/a.yaml:11:11: watch[0].category is missing",
      "/etc/a.yaml:11:43: watch[1].category is not a text; write it in quotes",
      "/etc/a.yaml:11:48: watch[2] is not a map of settings",
      '/etc/a.yaml:11:72: "watch[3].color" is not a setting; known here: category, paths',
      "/etc/a.yaml:12:12: folders is not a list",
      "/etc/a.yaml:13:16: limits.a has to be between 0 and 9",
      "/etc/a.yaml:13:20: limits has a name of another form than letters, digits, ._-",
      "/etc/b.toml:1:1: the file is not a map of settings",
      "/etc/c.json:1:34: this is not JSON: expected a member name",
      "/etc/d.json:1:1: the file is not a map of settings",
      'HOLDFAST_AGENT_TICKSECONDS: "HOLDFAST_AGENT_TICKSECONDS" is not a setting; did you mean HOLDFAST_AGENT_TICK_SECONDS?',
      "HOLDFAST_AGENT_WATCH: this is not JSON: expected , or ]",
      "HOLDFAST_AGENT_WATCH: watch is not a list",
      "HOLDFAST_AGENT_SINKS: sinks[0] is not a map",
      "HOLDFAST_AGENT_SINKS: sinks[1] is not a map",
      '--set store.batchrows: "store.batchrows" is not a setting; did you mean store.batchRows?',
      "--set tickSeconds: tickSeconds is not a duration; write whole seconds, or a text such as 30s, 5m, 1h30m or 7d",
    ]);
  });

  it("says where a setting belongs that stands in the wrong place", () => {
    write({ "etc/a.yaml": "agent: { batchRow: 5, store: { tickSeconds: 1 } }" });
    expect(problemsOf()).toEqual([
      '/etc/a.yaml:1:10: "batchRow" is not a setting; did you mean store.batchRows?',
      '/etc/a.yaml:1:32: "store.tickSeconds" is not a setting; known here: batchRows, batchSeconds',
    ]);
  });

  it("looks into its own part of a file only", () => {
    write({ "etc/a.yaml": "server:\n  anything: [1]\nagent:\n  tickSeconds: 3\n" });
    expect(settingsOf().tickSeconds).toBe(3);
  });

  it.each([
    ["etc/a.yaml", "agent:\n  key: hunter2\n", "/etc/a.yaml:2:8: key is a secret"],
    ["etc/a.yaml", "agent:\n  key: { value: hunter2 }\n", "/etc/a.yaml:2:8: key is not the place of a secret"],
    ["etc/a.yaml", "agent:\n  key: { file: /a, credential: hunter2 }\n", "key is not the place of one secret"],
    ["etc/a.yaml", "agent:\n  key: { credential: ../hunter2 }\n", "key names no credential"],
    ["etc/a.yaml", "agent:\n  logLevel: hunter2\n", "logLevel has to be one of"],
    ["etc/a.yaml", "agent:\n  owner: Hunter2\n", "owner does not have the right form"],
  ])("refuses a secret that stands in %s itself, and does not repeat it: %j", (name, text, sentence) => {
    write({ [name]: text });
    const told = problemsOf().join("\n");
    expect(told).toContain(sentence);
    expect(told.toLowerCase()).not.toContain("hunter2");
  });

  it("refuses a secret in a variable or on a command line, and says how to name its place", () => {
    const told = problemsOf({ environment: { HOLDFAST_AGENT_KEY: "hunter2" }, flags: { key: "hunter2" } });
    expect(told).toEqual([
      'HOLDFAST_AGENT_KEY: "HOLDFAST_AGENT_KEY" is a secret, and is not taken from here; name its place: HOLDFAST_AGENT_KEY_FILE or HOLDFAST_AGENT_KEY_CREDENTIAL',
      '--set key: "key" is a secret, and is not taken from here; name its place: key.file or key.credential',
    ]);
  });

  it("refuses files that others can write, all of a folder's and with their names", () => {
    write({ "etc/a.yaml": "agent: {}", "etc/b.yaml": "agent: {}", "elsewhere/c.yaml": "agent: {}" });
    for (const name of ["etc/a.yaml", "elsewhere/c.yaml"]) chmodSync(join(folder, name), 0o666);
    symlinkSync(join(folder, "elsewhere/c.yaml"), join(folder, "etc/c.yaml"));
    expect(problemsOf()).toEqual([
      "/etc/a.yaml:1:1: the file is not used: /etc/a.yaml can be written by others; chmod go-w /etc/a.yaml",
      "/etc/c.yaml:1:1: the file is not used: /elsewhere/c.yaml can be written by others; chmod go-w /elsewhere/c.yaml",
    ]);
  });

  it("refuses a folder that is none, and one with too many files", () => {
    write({ etc: "a file" });
    expect(problemsOf()).toEqual(["/etc:1:1: the folder cannot be read (ENOTDIR)"]);
    rmSync(join(folder, "etc"));
    write(
      Object.fromEntries(Array.from({ length: bounds.maxFilesPerFolder + 1 }, (_, index) => [`etc/${index}.yaml`, ""])),
    );
    expect(problemsOf()).toEqual(["/etc:1:1: the folder has more than 64 files of configuration"]);
  });

  it("bounds variables, items and what it tells", () => {
    const environment = { HOLDFAST_AGENT_OWNER: "a".repeat(bounds.maxVariableCharacters + 1) };
    expect(problemsOf({ environment })).toEqual(["HOLDFAST_AGENT_OWNER: owner has more than 65536 characters"]);
    write({
      "etc/a.yaml": "agent: { folders: [a, b, c, d, e], limits: { a: 1, b: 2, c: 3, d: 4 }, owner: aaaaaaaaaaa }",
    });
    expect(problemsOf().map((problem) => problem.replace(/^.*?: /, ""))).toEqual([
      "folders has more than 4 items",
      "limits has more than 3 entries",
      "owner has more than 10 characters",
    ]);
    write({ "etc/a.yaml": `agent: { ${Array.from({ length: 500 }, (_, index) => `x${index}: 1`).join(", ")} }` });
    expect(problemsOf()).toHaveLength(bounds.maxProblems);
  });
});
