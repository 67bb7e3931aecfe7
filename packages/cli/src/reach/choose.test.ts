import { describe, expect, it } from "vitest";
import type { Settings } from "../settings.ts";
import { choose } from "./choose.ts";

const none: Settings = {
  program: "server",
  isJson: false,
  address: undefined,
  socket: undefined,
  token: undefined,
  caFile: undefined,
  tenant: undefined,
};
const nowhere = "/nonexistent";

describe("where a command goes", () => {
  it("is a socket that the user names, whoever serves it", () => {
    expect(choose({ ...none, socket: "a/socket", token: "hft_x" }, "/work")).toEqual({
      via: "socket",
      path: "/work/a/socket",
      shownPath: "/work/a/socket",
      allowedUids: undefined,
    });
  });

  it.each([
    ["https://host:8200", "https://host:8200"],
    ["127.0.0.1:8200", "https://127.0.0.1:8200"],
    ["https://[::1]:8200/", "https://[::1]:8200"],
  ])("is the address %s", (address, origin) => {
    expect(choose({ ...none, address }, nowhere)).toEqual({ via: "https", origin });
  });

  it.each(["http://host", "https://user:pass@host", "https://host/v1", "https://", "ftp://host", "https://host?x"])(
    "is never %s",
    (address) => {
      expect(() => choose({ ...none, address }, nowhere)).toThrow(expect.objectContaining({ exitCode: 2 }));
    },
  );

  it("is the agent's own socket when the agent is asked", () => {
    const agent: Settings = { ...none, program: "agent" };
    expect(choose({ ...agent, socket: "agent.sock" }, "/work")).toMatchObject({ path: "/work/agent.sock" });
    expect(() => choose(agent, nowhere)).toThrow("no agent found");
    expect(() => choose({ ...agent, token: "hft_secret" }, nowhere)).toThrow("HOLDFAST_AGENT_TOKEN is set");
  });

  it("is not looked for with a token in hand: a token goes only to a place that was named", () => {
    expect(() => choose({ ...none, token: "hft_secret" }, nowhere)).toThrow("only to an explicit address or socket");
  });
});
