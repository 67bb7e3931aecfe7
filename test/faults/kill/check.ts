import { type Client, ClientError } from "@holdfast/client";
import { insist } from "../insist.ts";
import { entriesBetween, type ExportedEntry } from "./entries.ts";
import { type Connect, put } from "./load.ts";
import { type Begun, HOT_KEY, type Told, type Written } from "./told.ts";

/** At once; more than a slow disk is allowed to let wait would be refused. */
const READERS = 16;

/** The ledger at the beginning of a round. */
export interface Before {
  readonly size: number;
  readonly hotVersion: number;
}

/** Holds a restarted server to what its clients were told before it died. */
export async function check(client: Client, connect: Connect, told: Told, before: Before): Promise<void> {
  const { head } = await client.audit.confirm();
  const entries = await entriesBetween(client, before.size, head.size);
  await everyAcknowledgedWriteIsThere(client, told.written);
  everyAnswerHasItsEntry(told, entries, before.size);
  await changesAndEntriesAgree(client, told, entries, before);
  await everyDoubtIsSettledOnce(client, connect, told);
  await everythingVerifies(client);
}

async function everyAcknowledgedWriteIsThere(client: Client, written: readonly Written[]): Promise<void> {
  const waiting = written.values();
  const read = async () => {
    for (const { key, version, value } of waiting) {
      const found = await client.secrets.readVersion(key, version);
      insist(found.value === value, `${key} version ${version} is not what was acknowledged`);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  const versions = new Set(written.map(({ key, version }) => `${key} ${version}`));
  insist(versions.size === written.length, "one version was acknowledged to two writers");
}

function everyAnswerHasItsEntry({ written, readAt }: Told, entries: readonly ExportedEntry[], start: number): void {
  for (const { seq, version } of written) {
    const entry = entries[seq - start];
    const stands = entry?.action === "secret.put" && entry.outcome === "ok" && entry.resource.endsWith(`@${version}`);
    insist(stands, `entry ${seq} is not that of an acknowledged write: ${JSON.stringify(entry)}`);
  }
  for (const seq of readAt) {
    insist(entries[seq - start]?.action === "secret.read", `entry ${seq} is not that of an answered read`);
  }
}

/** Counted by two ways that share nothing: versions by history, entries by the export. */
async function changesAndEntriesAgree(
  client: Client,
  { keys, written, inDoubt }: Told,
  entries: readonly ExportedEntry[],
  before: Before,
): Promise<void> {
  let changes = 0;
  for (const key of [...keys, HOT_KEY]) {
    const made = (await latestVersion(client, key)) - (key === HOT_KEY ? before.hotVersion : 0);
    const acknowledged = written.filter((write) => write.key === key).length;
    const open = inDoubt.filter((begun) => begun.key === key).length;
    insist(
      made >= acknowledged && made <= acknowledged + open,
      `${key}: ${made} versions, ${acknowledged} acknowledged`,
    );
    changes += made;
  }
  const recorded = entries.filter(({ action, outcome }) => action === "secret.put" && outcome === "ok").length;
  insist(recorded === changes, `${changes} changes, but ${recorded} entries of changes`);
}

export async function latestVersion(client: Client, key: string): Promise<number> {
  try {
    return (await client.secrets.read(key)).version;
  } catch (error) {
    if (error instanceof ClientError && error.code === "not_found") return 0;
    throw error;
  }
}

/** Whoever lost an answer asks again with the same key, as the SDK does: then it is done, and done once. */
async function everyDoubtIsSettledOnce(client: Client, connect: Connect, { inDoubt }: Told): Promise<void> {
  for (const begun of inDoubt) {
    const before = await latestVersion(client, begun.key);
    const wasDone = before > 0 && (await client.secrets.read(begun.key)).value === begun.value;
    const version = await putAgain(connect(begun.worker), begun);
    const after = await latestVersion(client, begun.key);
    const times = after - before + (wasDone ? 1 : 0);
    if (begun.cas === undefined) insist(times === 1, `${begun.key} version ${after} was written ${times} times`);
    if (version === undefined) continue;
    const { value } = await client.secrets.readVersion(begun.key, version);
    insist(value === begun.value, `${begun.key} version ${version} was said to be another's`);
  }
}

/** Undefined when another writer was first, and the check-and-set of this one does not hold any more. */
async function putAgain(client: Client, begun: Begun): Promise<number | undefined> {
  try {
    return (await put(client, begun)).version;
  } catch (error) {
    if (error instanceof ClientError && error.code === "version_mismatch" && begun.cas !== undefined) return undefined;
    throw error;
  } finally {
    client.close();
  }
}

async function everythingVerifies(client: Client): Promise<void> {
  const verdict = await client.audit.verify({ state: true });
  insist(verdict.ok && verdict.state?.ok === true, `it does not verify: ${JSON.stringify(verdict)}`);
}
