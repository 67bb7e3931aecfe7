import type { Connection, Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { count } from "../../terminal/count.ts";
import { version } from "../../version.ts";
import { degraded, type Finding, ok, sentenceOf, unavailable, wrong } from "../server/finding.ts";

/** Whether the agent of this host runs, sees, judges and tells; one finding when there is none. */
export async function agentChecks({ agent }: Context): Promise<readonly Finding[]> {
  const reached = await reach(agent);
  if (reached.state !== "ok") return [reached];
  const checks = [sourceCheck, sandboxCheck, secretsCheck, lossCheck, rulesCheck, sinksCheck, lettersCheck];
  return [reached, ...(await Promise.all(checks.map((check) => asked(check, agent))))];
}

async function reach(agent: Connection): Promise<Finding> {
  try {
    const status = await agent.call("status", {});
    if (status.version !== version) return wrong("agent", `has version ${status.version}, this command ${version}`);
    const missing = status.features.filter(({ state }) => state !== "available");
    const parts = missing.map(({ name, state }) => `${name} ${state}`);
    return ok(
      "agent",
      [`version ${status.version}, ${count(status.ledger.size, "entry", "entries")}`, ...parts].join("; "),
    );
  } catch (error) {
    const isNone = error instanceof Failure && error.exitCode === exitCodes.unreachable;
    return isNone ? unavailable("agent", sentenceOf(error)) : wrong("agent", sentenceOf(error));
  }
}

interface Check {
  readonly name: string;
  readonly look: (agent: Connection) => Promise<Finding>;
}

async function asked({ name, look }: Check, agent: Connection): Promise<Finding> {
  try {
    return await look(agent);
  } catch (error) {
    return unavailable(name, sentenceOf(error));
  }
}

const readings = async (agent: Connection) => {
  const [host] = (await agent.call("host.list", {})).items;
  return agent.call("host.read", { host: host?.name ?? "unknown" });
};

const sourceCheck: Check = {
  name: "agent sources",
  async look(agent) {
    const { sources, catchRates } = await readings(agent);
    const active = sources.filter(({ state }) => state === "active");
    const failed = sources.filter(({ state }) => state === "failed");
    if (active.length === 0 || failed.length > 0) {
      const said = sources.map(({ name, state, detail }) => `${name} ${state}: ${detail}`).join("; ");
      return wrong("agent sources", said || "there is none");
    }
    const rates = catchRates.map(({ lifetimeMs, perMille }) => `${(perMille / 10).toFixed(1)} % at ${lifetimeMs} ms`);
    return ok("agent sources", [...active.map(({ name }) => name), ...rates].join(", "));
  },
};

const sandboxCheck: Check = {
  name: "agent sandbox",
  async look(agent) {
    const { level, isDegraded, detail } = (await readings(agent)).sandbox;
    return isDegraded
      ? wrong("agent sandbox", `less than configured, ${level}: ${detail}`)
      : ok("agent sandbox", `${level}: ${detail}`);
  },
};

const NOT_SAID = { state: "unavailable", detail: "the agent does not say" };

/** Where its secrets lie and what that protects from. The least that there is, is no fault of the installation. */
const secretsCheck: Check = {
  name: "agent secrets",
  async look(agent) {
    const { features } = await agent.call("status", {});
    const { state, detail } = features.find(({ name }) => name === "credential-store") ?? NOT_SAID;
    if (state === "available") return ok("agent secrets", detail);
    return state === "degraded" ? degraded("agent secrets", detail) : unavailable("agent secrets", detail);
  },
};

/** Losses are said, whatever they are; they are no fault of the installation. */
const lossCheck: Check = {
  name: "agent losses",
  async look(agent) {
    const { losses } = await readings(agent);
    if (losses.length === 0) return ok("agent losses", "none since its start");
    const said = losses.map(({ stage, name, reason, lost }) => `${lost} in ${stage} ${name} (${reason})`);
    return degraded("agent losses", said.join(", "));
  },
};

const rulesCheck: Check = {
  name: "agent rules",
  async look(agent) {
    const { items, problems } = await agent.call("rule.list", { limit: 1000 });
    const failing = items.filter(({ errors }) => errors > 0).map(({ id }) => id);
    const [first] = problems;
    if (first !== undefined)
      return wrong("agent rules", `${count(problems.length, "problem")}; ${first.file}: ${first.message}`);
    if (failing.length > 0) return wrong("agent rules", `runs of ${failing.join(", ")} failed`);
    return ok("agent rules", count(items.length, "rule"));
  },
};

const sinksCheck: Check = {
  name: "agent sinks",
  async look(agent) {
    const { items } = await agent.call("sink.list", {});
    const bad = items.filter(({ state }) => state !== "healthy");
    if (items.length === 0) return unavailable("agent sinks", "there is none: nobody is told of alerts");
    if (bad.length === 0) return ok("agent sinks", items.map(({ name }) => name).join(", "));
    return wrong(
      "agent sinks",
      bad.map(({ name, state, lastError }) => `${name} ${state}: ${lastError ?? ""}`).join("; "),
    );
  },
};

const lettersCheck: Check = {
  name: "agent dead letters",
  async look(agent) {
    const { items } = await agent.call("dead-letter.list", { limit: 1 });
    if (items.length === 0) return ok("agent dead letters", "none");
    return wrong("agent dead letters", "there are some: holdfast alerts dead-letters");
  },
};
