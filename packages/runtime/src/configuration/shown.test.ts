import { describe, expect, it } from "vitest";
import { describeSettings } from "./describe.ts";
import { loadConfiguration } from "./load.ts";
import { planReload } from "./plan-reload.ts";
import { schema } from "./schema.fixture.ts";
import { showSettings } from "./show.ts";

const loadedWith = (flags: Readonly<Record<string, string>>) => {
  const loaded = loadConfiguration(schema, { program: "agent", environment: {}, flags, workingFolder: "/work" });
  if (!loaded.ok) throw new Error("refused");
  return loaded;
};

describe("what is said of settings", () => {
  it("names each with its variable, type, default and purpose", () => {
    const described = describeSettings("agent", schema);
    const of = (path: string) => described.find((description) => description.path === path);
    expect(of("tickSeconds")).toEqual({
      path: "tickSeconds",
      variable: "HOLDFAST_AGENT_TICK_SECONDS",
      type: "duration, 1s to 1h",
      default: "1s",
      summary: "Time between two looks.",
      isReloadable: false,
    });
    expect(of("key")).toMatchObject({
      variable: "HOLDFAST_AGENT_KEY_FILE, HOLDFAST_AGENT_KEY_CREDENTIAL",
      default: "not set",
    });
    expect(of("watch[].category")).toMatchObject({ variable: undefined, default: "required", isReloadable: true });
    expect(Object.fromEntries(described.map(({ path, type }) => [path, type]))).toEqual({
      tickSeconds: "duration, 1s to 1h",
      dataDir: "path",
      logLevel: "debug | info | warn",
      maskSecrets: "true or false",
      owner: "small letters",
      key: "secret: { file: path } or { credential: name }",
      "store.batchRows": "whole number, 1 to 10000",
      "store.batchSeconds": "duration, 1s to 1m",
      watch: "list of maps, at most 4",
      "watch[].category": "text",
      "watch[].paths": "list of text, at most 3",
      folders: "list of path, at most 4",
      sinks: "list of map, at most 4",
      limits: "map of whole number, 0 to 9, at most 3",
    });
    expect(Object.fromEntries(described.map(({ path, default: said }) => [path, said]))).toMatchObject({
      folders: '["/rules"]',
      limits: "none",
      owner: "not set",
      maskSecrets: "true",
    });
  });

  it("shows values with their origins, and no secret", () => {
    const shown = showSettings(
      schema,
      loadedWith({
        "key.file": "/run/key",
        sinks:
          '[{"name": "ops", "type": "slack", "url": "https://hooks.example.org/hunter2"}, {"password": "hunter2"}]',
        watch: '[{"category": "etc", "paths": ["/etc/**"]}]',
        limits: '{"a.b": 1}',
        "store.batchSeconds": "1m",
      }),
    );
    expect(JSON.stringify(shown)).not.toContain("hunter2");
    expect(Object.fromEntries(shown.map(({ path, value }) => [path, value]))).toEqual({
      tickSeconds: "1s",
      dataDir: "/var/lib/program",
      logLevel: "info",
      maskSecrets: "true",
      owner: "not set",
      key: "in the file /run/key",
      "store.batchRows": "1000",
      "store.batchSeconds": "1m",
      watch: "[{category: etc, paths: [/etc/**]}]",
      folders: "[/rules]",
      sinks: "[{name: ops, type: slack, 1 not shown}, {1 not shown}]",
      "limits.a.b": "1",
    });
    expect(shown.find(({ path }) => path === "limits.a.b")?.origin).toBe("--set limits");
    const byCredential = showSettings(schema, loadedWith({ "key.credential": "agent-key" }));
    expect(byCredential.find(({ path }) => path === "key")?.value).toBe("credential agent-key");
  });
});

describe("a configuration that is read again", () => {
  const before = loadedWith({ tickSeconds: "2", logLevel: "warn" }).settings;

  it("changes what can change while the process runs, and names what waits for a restart", () => {
    const after = loadedWith({ logLevel: "debug", "store.batchRows": "5", watch: '[{"category": "a"}]' }).settings;
    const plan = planReload(schema, before, after);
    expect(plan.reloaded).toEqual(["logLevel", "watch"]);
    expect(plan.needRestart).toEqual(["tickSeconds", "store.batchRows"]);
    expect(plan.settings).toEqual({ ...after, tickSeconds: 2, store: before.store });
    expect(after.store.batchRows).toBe(5);
  });

  it("that says the same changes nothing", () => {
    const plan = planReload(schema, before, structuredClone(before));
    expect(plan).toEqual({ settings: before, reloaded: [], needRestart: [] });
  });
});
