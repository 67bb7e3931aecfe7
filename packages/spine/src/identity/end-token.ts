import type { Change, Reads } from "@holdfast/engine";
import { grantChanges } from "../access/index.ts";
import {
  actorFootprint,
  actorTokensFootprint,
  actorsTable,
  loadActor,
  type Token,
  tokensTable,
  tokenWrites,
} from "./store.ts";

/**
 * The changes that end a token. A service actor that was made for the token, and has no other, ends with it: otherwise
 * every short-lived token would leave an actor and its grants behind for ever.
 */
export async function endToken(
  reads: Reads,
  token: Token,
  expect: number,
): Promise<{ readonly changes: readonly Change[]; readonly writes: readonly string[] }> {
  const ended: Change = { delete: tokensTable, key: { accessor: token.accessor }, expect };
  const owner = await endOwner(reads, token);
  return { changes: [ended, ...owner.changes], writes: [...tokenWrites(token), ...owner.writes] };
}

async function endOwner(
  reads: Reads,
  { actor }: Token,
): Promise<{ readonly changes: readonly Change[]; readonly writes: readonly string[] }> {
  reads.touch(actorTokensFootprint(actor));
  const isService = (await loadActor(reads, actor))?.kind === "service";
  const tokens = isService
    ? await reads.rows(tokensTable, "SELECT * FROM tokens WHERE actor = ? LIMIT 2", [actor])
    : [];
  const stored = tokens.length === 1 ? await reads.row(actorsTable, { id: actor }) : undefined;
  if (stored === undefined) return { changes: [], writes: [] };
  const grants = await grantChanges(reads, actor);
  return {
    changes: [{ delete: actorsTable, key: { id: actor }, expect: stored.rev }, ...grants.changes],
    writes: [actorFootprint(actor), ...grants.writes],
  };
}
