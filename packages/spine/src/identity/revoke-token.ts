import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { endToken } from "./end-token.ts";
import { findToken } from "./find-token.ts";
import { loadToken, type Token, tokensTable } from "./store.ts";

/** From this commit on nothing planned with the token, or with a token made by it, can be recorded as done. */
async function planRevocation(context: Context, token: Token): Promise<Plan> {
  // As the queue will leave it: whoever uses up a token as fast as they can must not hold off its end.
  const key = { accessor: token.accessor };
  const stored = (await context.reads.pending(tokensTable, key)) ?? (await context.reads.settled(tokensTable, key));
  if (stored === undefined) throw new Refusal("not_found", "There is no such token.");
  // A token with a use count that revokes itself has already spent one use in this same transaction.
  const isSpending = token.isCounted && context.principal.credential === token.accessor;
  const ended = await endToken(context.reads, token, stored.rev + (isSpending ? 1 : 0));
  return {
    output: { accessor: token.accessor, revoked: true },
    ...ended,
    resource: `token:${token.accessor}`,
    facts: { accessor: token.accessor, actor: token.actor },
  };
}

export function revokeToken(tokenKey: Uint8Array) {
  return async (context: Context, input: Input): Promise<Plan> =>
    planRevocation(context, await findToken(context, input, tokenKey));
}

export async function revokeSelf(context: Context): Promise<Plan> {
  const { principal, reads } = context;
  const token = principal.kind === "token" ? await loadToken(reads, principal.credential) : undefined;
  if (token === undefined) {
    throw new Refusal("conflict", "The caller is known by its socket, not by a token.", {
      hint: "There is nothing to revoke; name a token by its accessor.",
    });
  }
  return planRevocation(context, token);
}
