import { describe, expect, it } from "vitest";
import { configurationFrom, unknownSettings } from "./configuration.ts";
import { StartFailure } from "./start-failure.ts";

const home = { HOME: "/nowhere/ida" };

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
    });
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
    ["HOLDFAST_CIPHER", "rot13"],
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

  it("names settings that mean nothing here, and none of the clients'", () => {
    const environment = { ...home, HOLDFAST_HTPP_ADDR: "1", HOLDFAST_TOKEN: "x", HOLDFAST_DATA_DIR: "d", PATH: "p" };
    expect(unknownSettings(environment)).toEqual(["HOLDFAST_HTPP_ADDR"]);
  });
});
