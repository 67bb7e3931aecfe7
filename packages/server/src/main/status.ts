import { statfsSync, statSync } from "node:fs";
import { implement, type Operation, type OperationDefinition, Refusal } from "@holdfast/engine";
import { loadTenants } from "../tenants/index.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Features } from "./features.ts";
import type { OpenLedger } from "./open-ledger.ts";
import { version } from "./version.ts";

export function statusOperation(
  definition: (name: string) => OperationDefinition,
  ledger: OpenLedger,
  folder: DataFolder,
  features: Features,
): Operation {
  return implement(definition("status"), async (context) => {
    const tenant = (await loadTenants(context.reads)).byId.get(context.tenant);
    if (tenant === undefined) throw new Refusal("forbidden", "This actor may not act in that tenant.");
    return {
      output: {
        version,
        uptimeSeconds: Math.floor(process.uptime()),
        tenant: tenant.name,
        actor: context.principal.name ?? context.principal.actor,
        ledger: ledgerStatus(ledger, features.verifiedSize),
        storage: storageStatus(folder),
        seal: {
          kind: "file",
          sealed: false,
          detail: "development seal: the root key lies in a file beside the data",
        },
        features: features.list(),
      },
    };
  });
}

function ledgerStatus({ origin, committer }: OpenLedger, verifiedSize: number) {
  const { head, checkpoint } = committer;
  return { origin, size: head.size, epoch: head.epoch, checkpointSize: checkpoint?.size ?? 0, verifiedSize };
}

function storageStatus({ database, path }: DataFolder) {
  const disk = statfsSync(path);
  return {
    kind: "sqlite",
    sizeBytes: bytesOf(database) + bytesOf(`${database}-wal`),
    freeBytes: disk.bavail * disk.bsize,
  };
}

const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
