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

/** Sets what the server knows of it; a service that plans in another way has other names, or none. */
export async function setPlanSettings(client: Client): Promise<void> {
  const answers = await Promise.allSettled(
    Object.entries(SETTINGS).map(([name, value]) => client.query(`SET ${name} = ${value}`)),
  );
  for (const answer of answers) {
    if (answer.status === "fulfilled") continue;
    const state = sqlStateOf(answer.reason);
    if (state !== UNDEFINED_OBJECT && state !== NOT_SUPPORTED) throw answer.reason;
  }
}
