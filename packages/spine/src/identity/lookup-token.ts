import type { Context, Input, Plan, Reads } from "@holdfast/engine";
import { loadGrants } from "../access/index.ts";
import { isoTime, page } from "../page.ts";
import { findToken } from "./find-token.ts";
import { loadToken, type Token, tokenOf, tokensTable } from "./store.ts";

async function viewOf(reads: Reads, token: Token) {
  const usesLeft = token.isCounted ? await usesLeftOf(reads, token) : undefined;
  const roles = (await loadGrants(reads, token.actor)).map((grant) => grant.role);
  return {
    credential: "token",
    accessor: token.accessor,
    actor: token.actor,
    ...(token.name === undefined ? {} : { name: token.name }),
    roles,
    createdAt: isoTime(token.createdAt),
    ...(token.expiresAt === undefined ? {} : { expiresAt: isoTime(token.expiresAt) }),
    ...(usesLeft === undefined ? {} : { usesLeft }),
  };
}

async function usesLeftOf(reads: Reads, { accessor }: Token): Promise<number | undefined> {
  const stored = await reads.row(tokensTable, { accessor });
  return (stored?.row["uses_left"] as number | null | undefined) ?? undefined;
}

export function lookupToken(tokenKey: Uint8Array) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const token = await findToken(context, input, tokenKey);
    return {
      output: await viewOf(context.reads, token),
      resource: `token:${token.accessor}`,
      facts: { accessor: token.accessor },
    };
  };
}

export async function lookupSelf(context: Context): Promise<Plan> {
  const { principal, reads } = context;
  const token = principal.kind === "token" ? await loadToken(reads, principal.credential) : undefined;
  if (token !== undefined) return { output: await viewOf(reads, token), resource: `token:${token.accessor}` };
  const roles = (await loadGrants(reads, principal.actor)).map((grant) => grant.role);
  const name = principal.name === undefined ? {} : { name: principal.name };
  return { output: { credential: "peer", actor: principal.actor, ...name, roles } };
}

export async function listTokens(context: Context, input: Input): Promise<Plan> {
  const after = (input.query["after"] as string | undefined) ?? "";
  const limit = (input.query["limit"] as number | undefined) ?? 100;
  const sql = "SELECT * FROM tokens WHERE tenant = ? AND accessor > ? ORDER BY accessor LIMIT ?";
  const rows = await context.reads.rows(tokensTable, sql, [context.tenant, after, limit + 1]);
  const found = page(rows.map(tokenOf), (token) => token.accessor, { limit });
  const items = [];
  for (const token of found.items) items.push(await viewOf(context.reads, token));
  return { output: { ...found, items } };
}
