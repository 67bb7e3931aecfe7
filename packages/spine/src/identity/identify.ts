import {
  type Change,
  type Credential,
  type Identification,
  type Principal,
  type Reads,
  Refusal,
  type StoredRow,
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
  if (token === undefined || hasEnded(token, now)) throw notBelieved();
  reads.touch(credentialFootprint(token.accessor));
  await insistLiveParents(token, reads, now);
  await insistLiveTenant(token.tenant, reads);
  const base = { actor: token.actor, tenant: token.tenant, kind: "token", credential: token.accessor } as const;
  const principal = token.name === undefined ? base : { ...base, name: token.name };
  return token.isCounted ? { principal, changes: [await spend(token, reads)] } : { principal };
}

const hasEnded = ({ expiresAt }: Token, now: number): boolean => expiresAt !== undefined && now >= expiresAt;

/** Whoever made a token stands behind it: it ends with any of them (ATTACKS 15). A parent's use count is its own. */
async function insistLiveParents(token: Token, reads: Reads, now: number): Promise<void> {
  let parent = token.parent;
  for (let depth = 0; parent !== undefined; depth++) {
    const found = await loadToken(reads, parent);
    if (found === undefined || hasEnded(found, now) || depth >= MAX_TOKEN_DEPTH) throw notBelieved();
    parent = found.parent;
  }
}

async function insistLiveTenant(tenant: string, reads: Reads): Promise<void> {
  if ((await loadTenants(reads)).byId.get(tenant)?.state !== "active") throw notBelieved();
}

/**
 * One use less, in the transaction of the operation itself (ATTACKS 15). It is planned on the row as the queue will
 * leave it, so that parallel uses share a batch; the row version is the guard, and writes no footprint, because nothing
 * that is remembered of a token tells its uses.
 */
async function spend({ accessor }: Token, reads: Reads): Promise<Change> {
  const stored = await withUses(accessor, reads);
  return { put: tokensTable, row: { ...stored.row, uses_left: usesLeftOf(stored) - 1 }, expect: stored.rev };
}

/** Whoever would take the last use may yet fail to: nobody is turned away for what was only planned. */
async function withUses(accessor: string, reads: Reads): Promise<StoredRow> {
  for (;;) {
    const planned = await reads.pending(tokensTable, { accessor });
    if (planned !== undefined && usesLeftOf(planned) > 0) return planned;
    const settled = await reads.settled(tokensTable, { accessor });
    if (usesLeftOf(settled) === 0) throw notBelieved();
  }
}

const usesLeftOf = (stored: StoredRow | undefined): number => (stored?.row["uses_left"] as number | undefined) ?? 0;
