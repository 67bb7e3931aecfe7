import type { Change, Reads } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { newId } from "@holdfast/kernel/id";
import { actorsTable } from "./store.ts";

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
