import {
  type Change,
  type Credential,
  type Identification,
  type Principal,
  type Reads,
  Refusal,
} from "@holdfast/engine";
import { loadTenants } from "../tenants/index.ts";
import {
  credentialFootprint,
  loadActor,
  loadPeer,
  loadToken,
  loadTokenByDigest,
  type Token,
  tokensTable,
  tokenWrites,
} from "./store.ts";
import { tokenDigest } from "./token-text.ts";

/** A child is refused with its parents; deeper families than this are not made (create-token insists). */
export const MAX_TOKEN_DEPTH = 8;

/** One refusal for every credential that does not hold, whatever the reason: it must not tell which (ATTACKS 11, 12). */
function notBelieved(): Refusal {
  return new Refusal("unauthenticated", "The credential is missing or not valid.");
}

/** Believes a credential, or not. */
export function identifyWith(tokenKey: Uint8Array) {
  return async (credential: Credential, reads: Reads, now: number): Promise<Identification> => {
    switch (credential.kind) {
      case "internal":
        return { principal: credential.principal };
      case "peer":
        return { principal: await peerPrincipal(credential.uid, reads) };
      case "token":
        return tokenPrincipal(tokenKey, credential.token, reads, now);
      case "none":
        throw notBelieved();
    }
  };
}

async function peerPrincipal(uid: number, reads: Reads): Promise<Principal> {
  const id = await loadPeer(reads, uid);
  const actor = id === undefined ? undefined : await loadActor(reads, id);
  if (actor === undefined) throw notBelieved();
  await insistLiveTenant(actor.tenant, reads);
  const base = { actor: actor.id, tenant: actor.tenant, kind: "peer", credential: `uid:${uid}` } as const;
  return actor.name === undefined ? base : { ...base, name: actor.name };
}

async function tokenPrincipal(key: Uint8Array, text: string, reads: Reads, now: number): Promise<Identification> {
  const digest = tokenDigest(key, text);
  const token = digest === undefined ? undefined : await loadTokenByDigest(reads, digest);
  if (token === undefined || !isUsable(token, now)) throw notBelieved();
  reads.touch(credentialFootprint(token.accessor));
  await insistLiveParents(token, reads, now);
  await insistLiveTenant(token.tenant, reads);
  const base = { actor: token.actor, tenant: token.tenant, kind: "token", credential: token.accessor } as const;
  const principal = token.name === undefined ? base : { ...base, name: token.name };
  return token.usesLeft === undefined ? { principal } : { principal, ...spend(token) };
}

function isUsable(token: Token, now: number): boolean {
  return (token.expiresAt === undefined || now < token.expiresAt) && token.usesLeft !== 0;
}

/** Whoever made a token stands behind it: it ends with any of them (ATTACKS 15). A parent's use count is its own. */
async function insistLiveParents(token: Token, reads: Reads, now: number): Promise<void> {
  let parent = token.parent;
  for (let depth = 0; parent !== undefined; depth++) {
    const found = await loadToken(reads, parent);
    const hasEnded = found?.expiresAt !== undefined && now >= found.expiresAt;
    if (found === undefined || hasEnded || depth >= MAX_TOKEN_DEPTH) throw notBelieved();
    parent = found.parent;
  }
}

async function insistLiveTenant(tenant: string, reads: Reads): Promise<void> {
  if ((await loadTenants(reads)).byId.get(tenant)?.state !== "active") throw notBelieved();
}

/** One use less, in the transaction of the operation itself: of two parallel uses of the last one, one replans. */
function spend(token: Token): { readonly changes: readonly Change[]; readonly writes: readonly string[] } {
  const row = { ...token.stored.row, uses_left: (token.usesLeft ?? 1) - 1 };
  return { changes: [{ put: tokensTable, row, expect: token.stored.rev }], writes: tokenWrites(token) };
}
