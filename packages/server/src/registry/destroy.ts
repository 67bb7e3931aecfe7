import { type Change, type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { inState } from "./change-state.ts";
import { type KeyHead, keyOf, loadHead, recordOf } from "./head.ts";
import { loadVersion } from "./load-version.ts";
import type { Registry } from "./registry.ts";
import { type Kind, largeValuesTable, pathFootprint, type Version, versionOf, versionsTable } from "./store.ts";

/** Versions that one call destroys: its transaction stays small. */
const MAX_DESTROYED = 1000;

/** *Destroyed* is now; *shredded* is only when none of these could bring a key back. */
const PENDING = [
  "the database's write-ahead log, until its next checkpoint",
  "backups and copies of the database made before now",
];

interface Choice {
  readonly versions: readonly Version[];
  /** Highest version that this call did not get to. */
  readonly restFrom: number | undefined;
}

/** `K.destroy`: ends the DEKs of versions and drops their bytes; no one can open them again. */
export async function destroy({ keyring }: Registry, kind: Kind, context: Context, input: Input): Promise<Plan> {
  const { reads, tenant } = context;
  const path = input.params["key"] as string;
  const head = keyOf(await loadHead(reads, tenant, path), kind);
  const { versions, restFrom } = await chosen(context, head, input.body["versions"] as readonly number[] | undefined);
  const ending = versions.filter((version) => version.state !== "destroyed");
  const changes: Change[] = [];
  const writes: string[] = [];
  for (const version of ending) {
    changes.push(...(await ended(context, head, version)));
    const dek = version.dekId === null ? undefined : await keyring.deks.destroy(reads, version.dekId);
    changes.push(...(dek?.changes ?? []));
    writes.push(...(dek?.writes ?? []));
  }
  if (ending.length > 0) writes.push(pathFootprint(tenant, path));
  const destroyed = versions.map((version) => version.version);
  const rest =
    restFrom === undefined ? [] : [`versions from ${restFrom} down, which this call did not reach: repeat it`];
  const { resource } = recordOf(context, head.node, head.node.latest);
  return {
    output: { key: path, destroyed, pending: [...rest, ...PENDING] },
    changes,
    writes,
    resource,
    facts: { path, destroyed },
  };
}

async function chosen(context: Context, head: KeyHead, numbers: readonly number[] | undefined): Promise<Choice> {
  if (numbers === undefined) return remaining(context, head);
  const versions: Version[] = [];
  for (const number of numbers) {
    const version = await loadVersion(context, head.node, number);
    if (version === undefined) throw new Refusal("not_found", `There is no version ${number}.`);
    versions.push(version);
  }
  return { versions, restFrom: undefined };
}

async function remaining({ reads, tenant }: Context, { node }: KeyHead): Promise<Choice> {
  const sql = `SELECT * FROM versions WHERE tenant = ? AND node_id = ? AND state <> 'destroyed' ORDER BY version DESC LIMIT ${MAX_DESTROYED + 1}`;
  const versions = (await reads.rows(versionsTable, sql, [tenant, node.nodeId])).map(versionOf);
  return { versions: versions.slice(0, MAX_DESTROYED), restFrom: versions[MAX_DESTROYED]?.version };
}

/** The version's row without its bytes, in whichever table they stand. */
async function ended({ reads, tenant, now }: Context, { node }: KeyHead, version: Version): Promise<Change[]> {
  const changes = inState(tenant, node, { ...version, dekId: null, sealed: null }, "destroyed", now);
  if (version.sealed !== null) return changes;
  const key = { tenant, node_id: node.nodeId, version: version.version };
  const large = await reads.row(largeValuesTable, key);
  return large === undefined ? changes : [...changes, { delete: largeValuesTable, key, expect: large.rev }];
}
