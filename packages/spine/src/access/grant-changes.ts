import type { Change, Reads } from "@holdfast/engine";
import { grantsFootprint, grantsTable, loadGrants, roleGrantsFootprint } from "./store.ts";

/** The changes that take every role from an actor that ends. */
export async function grantChanges(
  reads: Reads,
  actor: string,
): Promise<{ readonly changes: readonly Change[]; readonly writes: readonly string[] }> {
  const grants = await loadGrants(reads, actor);
  return {
    changes: grants.map(({ tenant, role, rev }) => ({
      delete: grantsTable,
      key: { tenant, actor, role },
      expect: rev,
    })),
    writes: [grantsFootprint(actor), ...grants.map(({ tenant, role }) => roleGrantsFootprint(tenant, role))],
  };
}
