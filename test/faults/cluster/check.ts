import { type Client, createClient } from "@holdfast/client";
import type { Node } from "../../cluster.ts";
import { checkLinearizability } from "../../linearizability/check.ts";
import { insist } from "../insist.ts";
import { entriesBetween } from "../kill/entries.ts";
import type { Seen } from "./load.ts";

/** Holds a cluster to what its clients saw, and every node to the same ledger; returns the ledger's size. */
export async function checkCluster(nodes: readonly Node[], seen: Seen): Promise<number> {
  insist(seen.surprises.length === 0, `clients saw: ${seen.surprises.slice(0, 5).join("\n")}`);
  const clients = nodes.map((node) => createClient({ socketPath: node.server().socketPath }));
  try {
    const [first] = clients as [Client];
    await everyAcknowledgedWriteIsThere(first, seen);
    await everyAnswerHasItsEntry(first, seen);
    theRegisterIsOne(seen);
    return await everyNodeSeesOneLedger(clients);
  } finally {
    for (const client of clients) client.close();
  }
}

async function everyAcknowledgedWriteIsThere(client: Client, { told }: Seen): Promise<void> {
  for (const { key, version, value } of told.written) {
    const found = await client.secrets.readVersion(key, version);
    insist(found.value === value, `${key} version ${version} is not what was acknowledged`);
  }
  const versions = new Set(told.written.map(({ key, version }) => `${key} ${version}`));
  insist(versions.size === told.written.length, "one version was acknowledged twice");
}

async function everyAnswerHasItsEntry(client: Client, { told }: Seen): Promise<void> {
  const { head } = await client.audit.confirm();
  const entries = await entriesBetween(client, 0, head.size);
  insist(
    entries.every(({ seq }, index) => seq === index),
    "the entries are not numbered from 0 on without a gap",
  );
  for (const { seq, version } of told.written) {
    const entry = entries[seq];
    const stands = entry?.action === "secret.put" && entry.outcome === "ok" && entry.resource.endsWith(`@${version}`);
    insist(stands, `entry ${seq} is not that of an acknowledged write: ${JSON.stringify(entry)}`);
  }
  for (const seq of told.readAt) {
    insist(entries[seq]?.action === "secret.read", `entry ${seq} is not that of an answered read`);
  }
}

function theRegisterIsOne({ history }: Seen): void {
  const verdict = checkLinearizability(history);
  insist(
    verdict.isLinearizable,
    `the register cannot be explained beyond ${verdict.isLinearizable ? 0 : verdict.explained} of ${history.length} operations: ${JSON.stringify(verdict)}`,
  );
}

/** Two nodes that verify ledgers of different lengths have seen the same as far as the shorter one goes. */
async function everyNodeSeesOneLedger(clients: readonly Client[]): Promise<number> {
  let size = 0;
  for (const client of clients) {
    const verdict = await client.audit.verify({ state: true });
    insist(verdict.ok && verdict.state?.ok === true, `it does not verify: ${JSON.stringify(verdict)}`);
    // The client remembers the head of the node before: each next one has to contain it.
    const { head } = await client.audit.confirm();
    insist(head.size >= size, `a node has ${head.size} entries, another ${size}`);
    size = head.size;
  }
  return size;
}
