import { implement, type Operation, type OperationDefinition, Refusal } from "@holdfast/engine";
import { loadTenants } from "../tenants/index.ts";
import type { Features } from "./features.ts";
import type { OpenLedger } from "./ledger-place.ts";
import type { RootKeyPlace } from "./root-key-place.ts";
import { version } from "@holdfast/runtime";

/** What a status tells of the node that gives it. */
export interface StatusParts {
  readonly node: string;
  readonly seal: Pick<RootKeyPlace, "kind" | "detail">;
  readonly ledger: OpenLedger;
  readonly features: Features;
}

export function statusOperation(
  definition: (name: string) => OperationDefinition,
  { node, seal, ledger, features }: StatusParts,
): Operation {
  return implement(definition("status"), async (context) => {
    const tenant = (await loadTenants(context.reads)).byId.get(context.tenant);
    if (tenant === undefined) throw new Refusal("forbidden", "This actor may not act in that tenant.");
    const report = await ledger.report();
    return {
      output: {
        version,
        uptimeSeconds: Math.floor(process.uptime()),
        tenant: tenant.name,
        actor: context.principal.name ?? context.principal.actor,
        node,
        ledger: ledgerStatus(ledger, features.verifiedSize),
        storage: report.storage,
        seal: { kind: seal.kind, sealed: false, detail: seal.detail(report.storage.kind) },
        features: [...features.list(), ...report.features],
      },
    };
  });
}

function ledgerStatus({ origin, committer }: OpenLedger, verifiedSize: number) {
  const { head, checkpoint } = committer;
  return { origin, size: head.size, epoch: head.epoch, checkpointSize: checkpoint?.size ?? 0, verifiedSize };
}
