import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";

/** Ids of imported Sigma rules say nothing to people; those of others are words. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MOST_ASKED = 20;
const HIDDEN: ReadonlySet<number> = new Set([exitCodes.notFound, exitCodes.denied]);

/** What to call a rule beside its id: its title, where the id is no word. */
export type Titles = (id: string) => string;

/** Titles of those rules whose ids say nothing; the agent is asked only where people read the answer. */
export async function titlesOf({ call, settings }: Pick<Context, "call" | "settings">, ids: Iterable<string>) {
  const asked = settings.isJson ? [] : [...new Set(ids)].filter((id) => UUID.test(id)).slice(0, MOST_ASKED);
  const titles = new Map<string, string>();
  for (const rule of asked) {
    try {
      titles.set(rule, (await call("rule.read", { rule })).title);
    } catch (error) {
      // It is gone, or whoever asks may not see rules: the id stands alone.
      if (!(error instanceof Failure) || !HIDDEN.has(error.exitCode)) throw error;
    }
  }
  const named: Titles = (id) => (titles.has(id) ? `${id} (${titles.get(id)!})` : id);
  return named;
}
