import { vi } from "vitest";
import type { Fields } from "../catalogue.ts";
import type { Bearer } from "../world.ts";
import type { AgentWorld } from "./world.ts";

/** What an operation's example needs before it can be carried out. */
export interface Prepared {
  /** Replaces what the example names by what was made. */
  readonly input?: Fields;
  /** Who makes the call, when not a global administrator. */
  readonly bearer?: Bearer;
}

type Prepare = (world: AgentWorld) => Promise<Prepared>;

interface Listed {
  readonly items: readonly { readonly id: string; readonly name: string }[];
}

const FOUND_WITHIN = { timeout: 20_000, interval: 100 };

/** The first item of a list, once there is one: what the agent does unasked takes a moment. */
const firstOf = ({ administrator }: AgentWorld, target: string) =>
  vi.waitFor(async () => {
    const [first] = (await administrator.get(target)).output<Listed>().items;
    if (first === undefined) throw new Error(`${target} is empty`);
    return first;
  }, FOUND_WITHIN);

const anAlert: Prepare = async (world) => ({ input: { alert: (await firstOf(world, "/api/alerts")).id } });
const aRule: Prepare = () => Promise.resolve({ input: { rule: "to-be-switched" } });

const aDeadLetter: Prepare = async (world) => {
  await firstOf(world, "/api/dead-letters");
  return {};
};

const shopReader = { name: "shop-reader", permissions: ["audit::read"] };

const role: Prepare = async ({ administrator }) => {
  (await administrator.post("/api/roles", shopReader)).output();
  return {};
};

const accessor: Prepare = async ({ bearer }) => ({
  input: { accessor: (await bearer({ roles: ["viewer"] })).accessor },
});

/** Only for operations whose example does not stand on its own; all others are called exactly as it says. */
export const preparations: Readonly<Record<string, Prepare>> = {
  "alert.read": anAlert,
  "alert.acknowledge": anAlert,
  "alert.reopen": anAlert,
  "silence.delete": async ({ administrator }) => {
    const made = await administrator.post("/api/silences", { rule: "none", ttlSeconds: 60, note: "a test" });
    return { input: { silence: made.output<{ readonly id: string }>().id } };
  },
  "dead-letter.retry": aDeadLetter,
  "dead-letter.drop": async (world) => ({ input: { ids: [(await firstOf(world, "/api/dead-letters")).id] } }),
  "rule.read": aRule,
  "rule.enable": aRule,
  "rule.disable": aRule,
  "host.read": async (world) => ({ input: { host: (await firstOf(world, "/api/hosts")).name } }),
  "token.lookup": accessor,
  "token.revoke": accessor,
  "token.revoke-self": async ({ bearer }) => ({ bearer: await bearer({ roles: [] }) }),
  "role.write": () => Promise.resolve({ input: { ...shopReader, name: "written", environments: undefined } }),
  "role.read": role,
  "role.delete": async ({ administrator }) => {
    (await administrator.post("/api/roles", { ...shopReader, name: "unwanted" })).output();
    return { input: { name: "unwanted" } };
  },
  "grant.write": async (world) => {
    await role(world);
    return { input: { actor: (await world.bearer({ roles: [] })).actor } };
  },
  "grant.revoke": async (world) => {
    await role(world);
    return { input: { actor: (await world.bearer({ roles: ["shop-reader"] })).actor } };
  },
  "audit.prove": () => Promise.resolve({ input: { seq: 1 } }),
  "audit.head": () => Promise.resolve({ input: { from: 1 } }),
  // A proof asks for a checkpoint when none is there yet.
  "audit.checkpoint": async ({ administrator }) => {
    (await administrator.get("/api/audit/entries/0:proof")).output();
    return {};
  },
};
