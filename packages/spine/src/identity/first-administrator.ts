import type { Change } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { newId } from "@holdfast/kernel/id";
import { actorFootprint, actorsTable, peersTable } from "./store.ts";

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
