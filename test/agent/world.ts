import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Wire } from "../wire.ts";
import type { Bearer } from "../world.ts";
import { measured } from "../program/program.ts";
import { startAgent, type TestAgent } from "./start-agent.ts";

/** An agent and the callers that tests need: all of them at its socket, which is its only door. */
export interface AgentWorld {
  readonly agent: TestAgent;
  /** The owner of the data folder: administrator of the agent. */
  readonly administrator: Wire;
  /** A new token, shown at the socket. */
  bearer(options: { readonly roles: readonly string[] }): Promise<Bearer>;
  stop(): Promise<void>;
}

/** Finds every process once, so that there are alerts on whatever host this is. */
const findsAll = (id: string) => `id: ${id}
title: A process was seen
severity: low
description: Finds every process.
sql: SELECT pid, name, path FROM processes
dedup: [name]
`;

/** A sink that nothing reaches: what it is given becomes a dead letter at once. */
const settings = `agent:
  sinks:
    - name: on-call
      kind: syslog
      host: sink.invalid
      retry: { attempts: 1 }
      breaker: { failures: 100, openSeconds: 1 }
`;

export async function startAgentWorld(): Promise<AgentWorld> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-agent-world-"));
  const [dataDir, config] = [join(folder, "data"), join(folder, "settings.yaml")];
  mkdirSync(join(dataDir, "rules"), { recursive: true, mode: 0o700 });
  writeFileSync(config, settings);
  for (const id of ["finds-all", "to-be-switched"]) writeFileSync(join(dataDir, "rules", `${id}.yaml`), findsAll(id));
  const agent = await startAgent({ dataDir, config, program: measured });
  const administrator = Wire.socket(agent);
  return {
    agent,
    administrator,
    async bearer(wanted) {
      const made = (await administrator.post("/api/tokens", wanted)).output<Omit<Bearer, "wire">>();
      return { ...made, wire: administrator.bearing(made.token) };
    },
    async stop() {
      administrator.close();
      await agent.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
