import { newId } from "@holdfast/kernel/id";
import { type Change, type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { type Access, loadGrants, planGrant } from "../access/index.ts";
import { isoTime } from "../page.ts";
import { MAX_TOKEN_DEPTH } from "./identify.ts";
import { actorFootprint, actorsTable, credentialFootprint, loadToken, tokensTable, tokenWrites } from "./store.ts";
import { newTokenText, tokenDigest } from "./token-text.ts";

interface Wanted {
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly ttlSeconds?: number;
  readonly uses?: number;
}

/**
 * Makes a token. With `roles` it belongs to a new actor of its own that holds just these; without, it is one more
 * credential of its maker. The text of the token is in this answer and nowhere else.
 */
export function createToken(access: Access, tokenKey: Uint8Array) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const wanted = input.body as Wanted;
    const parent = await parentOf(context);
    const owner = wanted.roles === undefined ? await sameActor(context) : await newActor(access, context, wanted);
    const text = newTokenText();
    const row = rowOf(context, wanted, owner.actor, parent, tokenDigest(tokenKey, text) as Uint8Array);
    return {
      output: {
        token: text,
        accessor: row.accessor,
        actor: owner.actor,
        ...(wanted.name === undefined ? {} : { name: wanted.name }),
        roles: owner.roles,
        createdAt: isoTime(context.now),
        ...(row.expires_at === null ? {} : { expiresAt: isoTime(row.expires_at) }),
        ...(row.uses_left === null ? {} : { usesLeft: row.uses_left }),
      },
      status: 201,
      changes: [...owner.changes, { put: tokensTable, row, expect: 0 }],
      writes: [...owner.writes, ...tokenWrites(row)],
      resource: `token:${row.accessor}`,
      facts: { accessor: row.accessor, name: wanted.name, roles: owner.roles, ttlSeconds: wanted.ttlSeconds },
    };
  };
}

/** A token made with a token is its child; one made by a person at the socket has no parent. */
async function parentOf(context: Context): Promise<string | null> {
  if (context.principal.kind !== "token") return null;
  const accessor = context.principal.credential;
  context.reads.touch(credentialFootprint(accessor));
  const maker = await loadToken(context.reads, accessor);
  if (maker?.isCounted === true) {
    throw new Refusal("conflict", "A token that is good for some uses makes no tokens.", {
      hint: "Its uses would not bind what it made; use a credential without a use count.",
    });
  }
  let depth = 1;
  for (let at = maker; at?.parent !== undefined; depth++) {
    if (depth >= MAX_TOKEN_DEPTH) {
      throw new Refusal("conflict", `Tokens are made by tokens at most ${MAX_TOKEN_DEPTH} deep.`);
    }
    at = await loadToken(context.reads, at.parent);
  }
  return accessor;
}

interface Owner {
  readonly actor: string;
  readonly roles: readonly string[];
  readonly changes: readonly Change[];
  readonly writes: readonly string[];
}

/** It belongs to the tenant of its actor: elsewhere it would outlive that tenant, and show there what it may do here. */
async function sameActor(context: Context): Promise<Owner> {
  const { actor, tenant } = context.principal;
  if (tenant !== context.tenant) {
    throw new Refusal("conflict", "One more credential of an actor is made in its own tenant.", {
      hint: "Name the roles of the token, or no other tenant.",
    });
  }
  const grants = await loadGrants(context.reads, actor);
  return { actor, roles: grants.map((grant) => grant.role), changes: [], writes: [] };
}

async function newActor(access: Access, context: Context, wanted: Wanted): Promise<Owner> {
  const actor = newId("ac", random(16));
  const row = {
    id: actor,
    tenant: context.tenant,
    kind: "service",
    name: wanted.name ?? null,
    created_at: context.now,
  };
  const changes: Change[] = [{ put: actorsTable, row, expect: 0 }];
  const writes = [actorFootprint(actor)];
  const roles = new Set<string>();
  for (const role of wanted.roles ?? []) {
    const grant = await planGrant(access, context, actor, role);
    const name = "put" in grant.change ? (grant.change.row["role"] as string) : role;
    if (roles.has(name)) continue;
    roles.add(name);
    changes.push(grant.change);
    writes.push(...grant.writes);
  }
  return { actor, roles: [...roles], changes, writes };
}

function rowOf(context: Context, wanted: Wanted, actor: string, parent: string | null, digest: Uint8Array) {
  return {
    accessor: newId("tk", random(16)),
    digest,
    tenant: context.tenant,
    actor,
    parent,
    name: wanted.name ?? null,
    created_at: context.now,
    expires_at: wanted.ttlSeconds === undefined ? null : context.now + wanted.ttlSeconds * 1000,
    uses_left: wanted.uses ?? null,
  };
}
