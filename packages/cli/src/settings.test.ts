import { expect, it } from "vitest";
import { agentSettingsOf, settingsOf } from "./settings.ts";

const bare = { arguments: [], options: {} };
const withOptions = (options: Record<string, string | true>) => ({ arguments: [], options });

it("takes options before the environment, and an option for one place hides the other's variable", () => {
  const env = { HOLDFAST_ADDR: "https://env", HOLDFAST_TENANT: "env", HOLDFAST_CACERT: "env.pem" };
  expect(settingsOf(withOptions({ socket: "s", tenant: "t", json: true }), env)).toEqual({
    program: "server",
    isJson: true,
    address: undefined,
    socket: "s",
    token: undefined,
    caFile: "env.pem",
    tenant: "t",
  });
});

it("treats an empty variable as none", () => {
  const env = { HOLDFAST_ADDR: "", HOLDFAST_SOCKET: "", HOLDFAST_TOKEN: "", HOLDFAST_TENANT: "" };
  expect(settingsOf(bare, env)).toMatchObject({ address: undefined, socket: undefined, token: undefined });
});

it("refuses an address and a socket at once, because one would be ignored", () => {
  expect(() => settingsOf(bare, { HOLDFAST_ADDR: "https://a", HOLDFAST_SOCKET: "s" })).toThrow("both given");
  expect(() => settingsOf(withOptions({ address: "a", socket: "s" }), {})).toThrow("both given");
});

it("reads a unix: address as a socket", () => {
  expect(settingsOf(bare, { HOLDFAST_ADDR: "unix:/run/x" })).toMatchObject({ socket: "/run/x", address: undefined });
});

it("keeps what names a server, and its token, from the agent", () => {
  const env = {
    HOLDFAST_ADDR: "https://env",
    HOLDFAST_TOKEN: "hft_server",
    HOLDFAST_TENANT: "acme",
    HOLDFAST_CACERT: "ca.pem",
    HOLDFAST_AGENT_SOCKET: "agent.sock",
    HOLDFAST_AGENT_TOKEN: "hft_agent",
  };
  const agent = { program: "agent", isJson: false, address: undefined, caFile: undefined };
  expect(agentSettingsOf(bare, env, true)).toEqual({
    ...agent,
    socket: "agent.sock",
    token: "hft_agent",
    tenant: undefined,
  });
  const options = withOptions({ socket: "option.sock", tenant: "t" });
  expect(agentSettingsOf(options, env, true)).toMatchObject({ socket: "option.sock", tenant: "t" });
  // Options of a command that is for the server are the server's.
  expect(agentSettingsOf(options, {}, false)).toMatchObject({ socket: undefined, tenant: undefined });
});

it("knows of no address of an agent", () => {
  expect(() => agentSettingsOf(withOptions({ address: "https://a" }), {}, true)).toThrow("no address");
  expect(agentSettingsOf(withOptions({ address: "https://a" }), {}, false).address).toBeUndefined();
});
