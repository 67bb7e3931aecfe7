import { expect, it } from "vitest";
import { agentEnvironment } from "./agent-environment.ts";

const places = { dataDir: "/d/agent", checkpointDir: "/c" };

it("hands the agent its own settings and the way around the system, and no secret of the server's", () => {
  const environment = {
    PATH: "/usr/bin",
    HOME: "/home/ida",
    LC_ALL: "C.UTF-8",
    XDG_STATE_HOME: "/s",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus",
    HOLDFAST_AGENT_LOG_LEVEL: "warn",
    HOLDFAST_DATA_DIR: "/d",
    HOLDFAST_ROOT_KEY: "0f",
    HOLDFAST_ROOT_KEY_FILE: "/k",
    HOLDFAST_STORAGE_URL: "postgres://u:word@h/d",
    HOLDFAST_STORAGE_PASSWORD: "word",
    HOLDFAST_REDIS_URL: "redis://:word@h",
    HOLDFAST_TOKEN: "hf_word",
    HOLDFAST_AGENT_TOKEN: "hf_word",
    HOLDFAST_AGENT_SOCKET: "/run/holdfast-agent/socket",
    AWS_SECRET_ACCESS_KEY: "word",
    CREDENTIALS_DIRECTORY: "/run/credentials/holdfast.service",
    NOTIFY_SOCKET: "/run/systemd/notify",
    NODE_OPTIONS: "--inspect",
    UNSET: undefined,
  };
  expect(agentEnvironment(environment, places)).toEqual({
    PATH: "/usr/bin",
    HOME: "/home/ida",
    LC_ALL: "C.UTF-8",
    XDG_STATE_HOME: "/s",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/user/1000/bus",
    HOLDFAST_AGENT_LOG_LEVEL: "warn",
    HOLDFAST_AGENT_CHECKPOINT_DIR: "/c",
    MALLOC_ARENA_MAX: "1",
    HOLDFAST_AGENT_DATA_DIR: "/d/agent",
  });
});

it("leaves the second place for checkpoints to whoever names one for the agent, and the data folder to the server", () => {
  const own = { HOLDFAST_AGENT_CHECKPOINT_DIR: "/own", HOLDFAST_AGENT_DATA_DIR: "/elsewhere" };
  expect(agentEnvironment(own, places)).toEqual({
    HOLDFAST_AGENT_CHECKPOINT_DIR: "/own",
    MALLOC_ARENA_MAX: "1",
    HOLDFAST_AGENT_DATA_DIR: "/d/agent",
  });
});

it("has the agent log as the server does, unless it is told otherwise", () => {
  const format = (environment: Readonly<Record<string, string>>) =>
    agentEnvironment(environment, places)["HOLDFAST_AGENT_LOG_FORMAT"];
  expect(format({ HOLDFAST_LOG_FORMAT: "json" })).toBe("json");
  expect(format({ HOLDFAST_LOG_FORMAT: "json", HOLDFAST_AGENT_LOG_FORMAT: "text" })).toBe("text");
  expect(format({})).toBeUndefined();
});
