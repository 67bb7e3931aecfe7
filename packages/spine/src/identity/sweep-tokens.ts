import { type Change, type Context, dutyDefinition, type Operation, type Plan, type Reads } from "@holdfast/engine";
import { endToken } from "./end-token.ts";
import { tokenOf, tokensTable } from "./store.ts";

const MAX_TOKENS = 100;

/** Tokens that nobody can use any more: their time or uses are over, or the token that made them is gone. */
const OVER = `SELECT * FROM tokens WHERE expires_at <= ? OR uses_left = 0
  OR (parent IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tokens AS p WHERE p.accessor = tokens.parent)) LIMIT ?`;

export async function isTokenSweepDue(reads: Reads, now: number): Promise<boolean> {
  return (await reads.rows(tokensTable, OVER, [now, 1])).length > 0;
}

/** `token.sweep`: removes tokens that are over, so that floods of short-lived ones leave nothing behind (ATTACKS 32). */
export const tokenSweep: Operation = {
  definition: dutyDefinition("token.sweep", "token"),
  async run(context: Context): Promise<Plan> {
    const rows = await context.reads.rows(tokensTable, OVER, [context.now, MAX_TOKENS]);
    const changes: Change[] = [];
    const writes: string[] = [];
    const owners = new Set<string>();
    for (const stored of rows) {
      const token = tokenOf(stored);
      // Two tokens of one actor in one sweep: the actor ends with a later sweep, when one is left.
      if (owners.has(token.actor)) continue;
      owners.add(token.actor);
      const ended = await endToken(context.reads, token, stored.rev);
      changes.push(...ended.changes);
      writes.push(...ended.writes);
    }
    return {
      output: { removed: owners.size, isDone: rows.length < MAX_TOKENS && owners.size === rows.length },
      changes,
      writes,
    };
  },
};
