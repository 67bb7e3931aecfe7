import type { Client } from "pg";
import { sqlStateOf } from "./database-error.ts";

const UNDEFINED_OBJECT = "42704";
const NOT_SUPPORTED = "0A000";

/**
 * A commit joins a handful of rows that came as parameters with tables of any size, by their keys: planned once, by
 * index, whatever the statistics say at the moment, and never compiled.
 */
const SETTINGS = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  jit: "off",
};

/**
 * Set for the session, so that neither a new default of the role nor a reload can lower it: the check at the start
 * looked at the connections of then.
 */
const DURABLE = `SELECT set_config('synchronous_commit',
  CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`;

/** Sees to it that what this session commits is durable before it is acknowledged. */
export async function setDurable(client: Client): Promise<void> {
  await setWhatIsKnown([client.query(DURABLE)]);
}

/** Sets what the server knows of it; a service that plans in another way has other names, or none. */
export async function setPlanSettings(client: Client): Promise<void> {
  await setWhatIsKnown(Object.entries(SETTINGS).map(([name, value]) => client.query(`SET ${name} = ${value}`)));
}

async function setWhatIsKnown(settings: readonly Promise<unknown>[]): Promise<void> {
  for (const answer of await Promise.allSettled(settings)) {
    if (answer.status === "fulfilled") continue;
    const state = sqlStateOf(answer.reason);
    if (state !== UNDEFINED_OBJECT && state !== NOT_SUPPORTED) throw answer.reason;
  }
}
