import { type Context, type Plan, Refusal } from "@holdfast/engine";
import type { Keyring } from "@holdfast/spine/keyring";
import { valueOf } from "./content.ts";
import { type KeyHead, recordOf } from "./head.ts";
import { environmentOf } from "./registry.ts";
import { largeValuesTable, type Version } from "./store.ts";
import { sealContextOf, type VersionInfo } from "./version-info.ts";
import { whenReady } from "./when-ready.ts";

/** The answer to a read: a live version, opened for this one answer. */
export function openVersion(
  keyring: Keyring,
  context: Context,
  { node }: KeyHead,
  version: Version,
  info: VersionInfo,
): Plan | Promise<Plan> {
  const { reads, tenant } = context;
  const sealContext = sealContextOf(tenant, node.path, node.kind, version.version, version.contentType);
  const record = recordOf(context, node, version.version);
  return whenReady(sealedOf(context, node.nodeId, version), (sealed) =>
    whenReady(keyring.deks.open(reads, sealContext, sealed), ({ plaintext, changes }) =>
      whenReady(environmentOf(reads, tenant, node.path), (environment) => {
        const value = valueOf(plaintext, version);
        plaintext.fill(0);
        return {
          output: { key: node.path, kind: node.kind, ...info, environment, value },
          etag: version.version,
          changes,
          ...record,
        };
      }),
    ),
  );
}

function sealedOf({ reads, tenant }: Context, nodeId: string, version: Version): Uint8Array | Promise<Uint8Array> {
  if (version.sealed !== null) return version.sealed;
  const key = { tenant, node_id: nodeId, version: version.version };
  return whenReady(reads.row(largeValuesTable, key), (stored) => {
    if (stored === undefined) throw new Refusal("storage_failed", "The value cannot be read.");
    return stored.row["sealed"] as Uint8Array;
  });
}
