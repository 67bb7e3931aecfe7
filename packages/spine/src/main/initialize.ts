import { ownName } from "@holdfast/runtime";
import { type Change, type Committer, hashChange, payloadBytes } from "@holdfast/engine";
import { globalRole } from "@holdfast/policy";
import { grantsTable } from "../access/index.ts";
import { firstAdministrator, newSystemActors } from "../identity/index.ts";
import type { Keyring } from "../keyring/index.ts";
import { type Furnish, newTenant } from "../tenants/index.ts";
import { readsOfPlan } from "./plan-reads.ts";

/** Name of the tenant that exists from the start. */
const FIRST_TENANT = "main";

/** What a ledger begins with beside what every ledger has. */
export interface Beginning {
  /** Who begins it. */
  readonly node: string;
  /** What the program itself gives to each new tenant. */
  readonly furnish: Furnish;
}

/**
 * Entry 0: the system's own tenant, the first tenant with its furniture, their keys, the process's keys, and the one
 * administrator that no door can ever make. One transaction: a ledger is begun, or it is not.
 */
export async function initialize(
  committer: Committer,
  keyring: Keyring,
  serverKeys: readonly Change[],
  { node, furnish }: Beginning,
  now: number,
): Promise<void> {
  const system = newTenant("system", "system", now);
  const first = newTenant(FIRST_TENANT, "active", now);
  const administrator = firstAdministrator(first.id, process.getuid?.() ?? 0, ownName(), now);
  const grant = {
    tenant: first.id,
    actor: administrator.actor,
    role: globalRole,
    granted_at: now,
    granted_by: administrator.actor,
  };
  const changes: Change[] = [
    ...serverKeys,
    system.change,
    first.change,
    ...keyring.newTenantKeys(system.id, now).changes,
    ...keyring.newTenantKeys(first.id, now).changes,
    ...furnish(first.id, now).changes,
    ...newSystemActors(system.id, now).changes,
    ...administrator.changes,
    { put: grantsTable, row: grant, expect: 0 },
  ];
  await submitEntryZero(committer, keyring, { tenant: system.id, actor: administrator.actor, node }, changes, now);
}

async function submitEntryZero(
  committer: Committer,
  keyring: Keyring,
  { tenant, actor, node }: { readonly tenant: string; readonly actor: string; readonly node: string },
  planned: readonly Change[],
  now: number,
): Promise<void> {
  const key = await keyring.payloadKeyOf({ tenant, actor }, now, readsOfPlan(planned));
  const changes = [...planned, ...key.changes].map((change) => ({ change, hash: hashChange(change) }));
  const result = await committer.submit({
    entry: { tenant, actor, action: "system.init", resource: "system", outcome: "ok", reason: "" },
    payload: key.seal(payloadBytes({ op: "system.init", from: "init", node }, changes)),
    changes,
    reads: [],
    writes: [],
    seen: 0,
  });
  if (result.status !== "committed" || result.seq !== 0) throw new Error("entry 0 was not the first entry");
}
