import {
  type Change,
  type Context,
  implement,
  type Operation,
  type OperationDefinition,
  type Reads,
  type Table,
} from "@holdfast/engine";
import { newId } from "@holdfast/kernel/id";
import { random } from "@holdfast/engine/crypto";
import type { Access, ActorDirectory } from "../access/index.ts";
import { createToken } from "./create-token.ts";
import { listTokens, lookupSelf, lookupToken } from "./lookup-token.ts";
import { revokeSelf, revokeToken } from "./revoke-token.ts";
import { actorFootprint, actorsTable, loadActor, loadToken, peersTable, tokensTable } from "./store.ts";

export { identifyWith } from "./identify.ts";
export { isTokenSweepDue, tokenSweep } from "./sweep-tokens.ts";

export const identityTables: readonly Table[] = [actorsTable, peersTable, tokensTable];

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

/** Whom entries name where no person or service acts: calls whose credential was not believed, and the server itself. */
export interface SystemActors {
  readonly nobody: string;
  readonly server: string;
}

/** Rows of the system's own actors, for entry 0. */
export function newSystemActors(
  tenant: string,
  now: number,
): { readonly actors: SystemActors; readonly changes: readonly Change[] } {
  const actors = { nobody: newId("ac", random(16)), server: newId("ac", random(16)) };
  const changes = Object.entries(actors).map(([name, id]) => ({
    put: actorsTable,
    row: { id, tenant, kind: "system", name, created_at: now },
    expect: 0,
  }));
  return { actors, changes };
}

export async function loadSystemActors(reads: Reads, tenant: string): Promise<SystemActors> {
  const rows = await reads.rows(actorsTable, "SELECT * FROM actors WHERE tenant = ? AND kind = 'system'", [tenant]);
  const idOf = (name: string): string => {
    const found = rows.find(({ row }) => row["name"] === name);
    if (found === undefined) throw new Error(`entry 0 holds the system's actor ${name}`);
    return found.row["id"] as string;
  };
  return { nobody: idOf("nobody"), server: idOf("server") };
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
