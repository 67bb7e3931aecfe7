import { type Context, type Input, Refusal } from "@holdfast/engine";
import { loadToken, loadTokenByDigest, type Token } from "./store.ts";
import { tokenDigest } from "./token-text.ts";

/** The token that a body names by its text or its accessor, in the caller's tenant only (ATTACKS 4). */
export async function findToken(context: Context, input: Input, tokenKey: Uint8Array): Promise<Token> {
  const { token: text, accessor } = input.body as { readonly token?: string; readonly accessor?: string };
  const found = await byEither(context, tokenKey, text, accessor);
  if (found === undefined || found.tenant !== context.tenant) throw new Refusal("not_found", "There is no such token.");
  return found;
}

async function byEither(
  context: Context,
  tokenKey: Uint8Array,
  text: string | undefined,
  accessor: string | undefined,
): Promise<Token | undefined> {
  if (text === undefined) return accessor === undefined ? undefined : loadToken(context.reads, accessor);
  const digest = tokenDigest(tokenKey, text);
  return digest === undefined ? undefined : loadTokenByDigest(context.reads, digest);
}
