import { agent } from "../commands/agent/agent.ts";
import { get } from "../commands/registry/get.ts";
import { ls } from "../commands/registry/ls.ts";
import { put } from "../commands/registry/put.ts";
import { status } from "../commands/server/status.ts";

/**
 * Commands used often enough, by hand and in scripts, that their start-up counts; and the agent, which would keep in memory
 * whatever is loaded to start it.
 */
export const fastCommands = [get, put, ls, status, agent];
