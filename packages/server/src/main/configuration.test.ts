import { describe, expect, it } from "vitest";
import { hostname } from "node:os";
import { configurationFrom, dropSecrets, unknownSettings } from "./configuration.ts";
import { StartFailure } from "@holdfast/runtime";

const home = { HOME: "/nowhere/ida" };
const emptySetting = (name: string) => [`HOLDFAST_${name}`, ""] as const;

describe("a server's configuration", () => {
  it("has a default for everything", () => {
    expect(configurationFrom(home)).toMatchObject({
      dataDir: `${process.cwd()}/.holdfast`,
      host: "127.0.0.1",
      port: 8200,
      checkpointDir: "/nowhere/ida/.local/state/holdfast",
      logLevel: "info",
      suite: 1,
      actorRate: { perSecond: 1000, burst: 2000 },
      rootKey: { kind: "development" },
      storage: undefined,
      redis: undefined,
      nodeName: hostname(),
      tlsNames: [],
      hasAgent: true,
    });
  });

  it("takes an empty setting for one that is not set", () => {
    const empty = Object.fromEntries(
      ["HTTP_ADDR", "LOG_LEVEL", "CIPHER", "ROOT_KEY", "NODE_NAME", "TLS_NAMES"].map(emptySetting),
    );
    expect(configurationFrom({ ...home, ...empty })).toEqual(configurationFrom(home));
  });

  it("names the root key's place, and takes every secret out of the environment", () => {
    const environment: Record<string, string | undefined> = {
      ...home,
      HOLDFAST_ROOT_KEY: "0f",
      HOLDFAST_STORAGE_URL: "postgres://holdfast:word@localhost/holdfast",
      HOLDFAST_STORAGE_PASSWORD: "",
      HOLDFAST_REDIS_URL: "rediss://:word@localhost",
    };
    expect(configurationFrom(environment).rootKey).toEqual({ kind: "environment", hex: "0f" });
    dropSecrets(environment);
    expect(environment).toEqual(home);
    const byFile = configurationFrom({ ...home, HOLDFAST_ROOT_KEY_FILE: "/run/secrets/root" });
    expect(byFile.rootKey).toEqual({ kind: "file", path: "/run/secrets/root" });
  });

  it("refuses two root keys, without repeating one", () => {
    const both = { ...home, HOLDFAST_ROOT_KEY: "0f0f", HOLDFAST_ROOT_KEY_FILE: "k" };
    expect(() => configurationFrom(both)).toThrow(
      expect.objectContaining({ exitCode: 16, message: expect.not.stringContaining("0f0f") as string }),
    );
  });

  it.each([
    ["0.0.0.0:443", "0.0.0.0", 443],
    ["[::1]:8200", "::1", 8200],
    ["localhost:0", "localhost", 0],
    ["9000", "127.0.0.1", 9000],
  ])("reads the address %s", (text, host, port) => {
    expect(configurationFrom({ ...home, HOLDFAST_HTTP_ADDR: text })).toMatchObject({ host, port });
  });

  it("switches every limit off together", () => {
    expect(configurationFrom({ ...home, HOLDFAST_RATE_LIMIT: "0" })).toMatchObject({
      actorRate: undefined,
      addressRate: undefined,
    });
  });

  it.each([
    ["HOLDFAST_HTTP_ADDR", "127.0.0.1"],
    ["HOLDFAST_HTTP_ADDR", "127.0.0.1:65536"],
    ["HOLDFAST_HTTP_ADDR", "::1:8200"],
    ["HOLDFAST_RATE_LIMIT", "-1"],
    ["HOLDFAST_RATE_LIMIT", "many"],
    ["HOLDFAST_LOG_LEVEL", "loud"],
    ["HOLDFAST_LOG_FORMAT", "xml"],
    ["HOLDFAST_CIPHER", "rot13"],
    ["HOLDFAST_NODE_NAME", "node one"],
    ["HOLDFAST_REDIS_URL", "localhost:6379"],
    ["HOLDFAST_REDIS_URL", "http://localhost"],
    ["HOLDFAST_REDIS_URL", "redis://"],
    ["HOLDFAST_STORAGE_URL", "sqlite:///data"],
    ["HOLDFAST_TLS_NAMES", "https://holdfast.example.org"],
    ["HOLDFAST_AGENT", "false"],
  ])("refuses %s=%s by name, before anything is opened", (name, text) => {
    const failure = (() => {
      try {
        configurationFrom({ ...home, [name]: text });
        return undefined;
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(StartFailure);
    expect(failure).toMatchObject({ exitCode: 16, message: expect.stringContaining(name) as string });
    expect((failure as StartFailure).hint).not.toBe("");
  });

  it("names settings that mean nothing here, and none of the clients' or the agent's", () => {
    const others = { HOLDFAST_TOKEN: "x", HOLDFAST_AGENT: "off", HOLDFAST_AGENT_LOG_LEVEL: "warn", PATH: "p" };
    const environment = { ...home, ...others, HOLDFAST_HTPP_ADDR: "1", HOLDFAST_DATA_DIR: "d" };
    expect(unknownSettings(environment)).toEqual(["HOLDFAST_HTPP_ADDR"]);
  });
});
