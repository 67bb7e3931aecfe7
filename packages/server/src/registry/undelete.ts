import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { inState } from "./change-state.ts";
import { type KeyHead, keyOf, loadHead, recordOf } from "./head.ts";
import { loadVersion } from "./load-version.ts";
import { type Kind, pathFootprint, type Version, versionOf, versionsTable } from "./store.ts";

/** `K.undelete`: brings back a deleted version, the newest when none is named. What is live already stays so. */
export async function undelete(kind: Kind, context: Context, input: Input): Promise<Plan> {
  const { reads, tenant, now } = context;
  const path = input.params["key"] as string;
  const head = keyOf(await loadHead(reads, tenant, path), kind);
  const version = await wanted(context, head, input.body["version"] as number | undefined);
  if (version.state === "destroyed") {
    throw new Refusal("destroyed", `Version ${version.version} has been destroyed; nothing brings it back.`);
  }
  const answer = {
    output: { key: path, version: version.version, state: "live" },
    ...recordOf(context, head.node, version.version),
  };
  if (version.state === "live") return answer;
  return {
    ...answer,
    changes: inState(tenant, head.node, version, "live", now),
    writes: [pathFootprint(tenant, path)],
  };
}

async function wanted(context: Context, head: KeyHead, number: number | undefined): Promise<Version> {
  if (number === undefined) return (await newestDeleted(context, head)) ?? head.latest;
  const version = number === head.latest.version ? head.latest : await loadVersion(context, head.node, number);
  if (version === undefined) throw new Refusal("not_found", `There is no version ${number}.`);
  return version;
}

async function newestDeleted({ reads, tenant }: Context, { node, latest }: KeyHead): Promise<Version | undefined> {
  if (latest.state === "deleted") return latest;
  const sql =
    "SELECT * FROM versions WHERE tenant = ? AND node_id = ? AND state = 'deleted' ORDER BY version DESC LIMIT 1";
  const [stored] = await reads.rows(versionsTable, sql, [tenant, node.nodeId]);
  return stored && versionOf(stored);
}
