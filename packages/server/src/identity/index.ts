import { type Change, type Context, implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import { newId } from "@holdfast/kernel/id";
import { random } from "@holdfast/engine/crypto";
import type { Access, ActorDirectory } from "../access/index.ts";
import { createToken } from "./create-token.ts";
import { listTokens, lookupSelf, lookupToken } from "./lookup-token.ts";
import { revokeSelf, revokeToken } from "./revoke-token.ts";
import { actorFootprint, actorsTable, loadActor, loadToken, peersTable, tokensTable } from "./store.ts";

export { identifyWith } from "./identify.ts";

export const identityTables = [actorsTable, peersTable, tokensTable];

/** What access asks about actors it knows by id only. */
export const actorDirectory: ActorDirectory = {
  exists: async (context: Context, id: string) => (await loadActor(context.reads, id))?.tenant === context.tenant,
  ofAccessor: async (context: Context, accessor: string) => {
    const token = await loadToken(context.reads, accessor);
    return token?.tenant === context.tenant ? token.actor : undefined;
  },
};

export function identityOperations(
  definition: (name: string) => OperationDefinition,
  access: Access,
  tokenKey: Uint8Array,
): Operation[] {
  return [
    implement(definition("token.create"), createToken(access, tokenKey)),
    implement(definition("token.list"), listTokens),
    implement(definition("token.lookup"), lookupToken(tokenKey)),
    implement(definition("token.self"), lookupSelf),
    implement(definition("token.revoke"), revokeToken(tokenKey)),
    implement(definition("token.revoke-self"), revokeSelf),
  ];
}

/** The first administrator, known by the uid that owns the data folder; only `init` calls this, for entry 0. */
export function firstAdministrator(
  tenant: string,
  uid: number,
  name: string,
  now: number,
): { readonly actor: string; readonly changes: readonly Change[]; readonly writes: readonly string[] } {
  const actor = newId("ac", random(16));
  return {
    actor,
    changes: [
      { put: actorsTable, row: { id: actor, tenant, kind: "person", name, created_at: now }, expect: 0 },
      { put: peersTable, row: { uid, actor, created_at: now }, expect: 0 },
    ],
    writes: [actorFootprint(actor), `peer:${uid}`],
  };
}
