import type { LedgerReader, StoredCheckpoint, StoredEntry } from "@holdfast/engine";
import { StorageFault } from "@holdfast/engine";
import { type Moved, withTiles } from "@holdfast/engine/back-end";
import { blake3, sha256, verifySignature } from "@holdfast/engine/crypto";
import { toHex } from "@holdfast/kernel/bytes";
import { openCheckpoint } from "@holdfast/kernel/checkpoint";
import { entryHash, parseEntry } from "@holdfast/kernel/entry";
import { KernelError } from "@holdfast/kernel/errors";
import { type SignedHead, verifyHead } from "@holdfast/kernel/head";
import { leafHash } from "@holdfast/kernel/merkle";
import { verifierKeyOf } from "@holdfast/kernel/note";
import { loadTree, type Tree } from "@holdfast/kernel/tiles";
import type { Client } from "pg";
import { isToldByNode } from "./feed-mac.ts";
import { SELECT_HEAD } from "./sql.ts";
import type { Position, Tip } from "./tip.ts";

/** More than this is not followed entry by entry: the tree is loaded anew from its tiles. */
const MAX_ENTRIES = 4_096;
const MAX_BATCHES = 4_096;

const HEAD = { name: "up_head", text: SELECT_HEAD };
const BATCHES = {
  name: "up_batches",
  text: `SELECT first_seq, next_seq, writes, mac FROM batches WHERE next_seq > $1 ORDER BY next_seq LIMIT ${MAX_BATCHES}`,
};
/** Times never go back, which spares the look into partitions that are over. */
const ENTRIES = {
  name: "up_entries",
  text: `SELECT seq, bytes FROM entries WHERE seq >= $1 AND time >= $2::timestamptz ORDER BY seq LIMIT ${MAX_ENTRIES}`,
};
const CHECKPOINT = { name: "up_checkpoint", text: "SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1" };

interface BatchRow {
  readonly first_seq: number;
  readonly next_seq: number;
  readonly writes: readonly string[];
  readonly mac: Uint8Array | null;
}

/** Who a head has to be signed by, and what batches are told with. */
export interface Identity {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  readonly stateKey: Uint8Array;
}

/**
 * Brings the position to the head that the database has, and tells what other nodes wrote on the way; undefined when
 * nothing moved. What they wrote is believed because it leads to a head that is signed by this log's key.
 */
export async function catchUp(
  client: Client,
  reader: LedgerReader,
  identity: Identity,
  position: Position,
): Promise<Moved | undefined> {
  const { head: from, timeMs } = position.tip;
  // Sent all at once. Each sees what is newest when its turn comes: later ones may see more than the head, never less.
  const [heads, batches, entries, checkpoints] = await Promise.all([
    client.query<SignedHead>(HEAD),
    client.query<BatchRow>({ ...BATCHES, values: [from.size] }),
    client.query<StoredEntry>({ ...ENTRIES, values: [from.size, new Date(timeMs).toISOString()] }),
    client.query<StoredCheckpoint>(CHECKPOINT),
  ]);
  const head = checkedHead(heads.rows[0], identity, position.tip);
  const checkpoint = newer(checkpoints.rows[0], identity, position.tip, head);
  if (head.size === from.size) {
    if (checkpoint === undefined) return undefined;
    position.tip = { ...position.tip, checkpoint };
    return { batches: [], isIncomplete: false, head, checkpoint };
  }
  const reached = followed(position.tip, head, entries.rows) ?? (await loaded(reader, head));
  position.tip = { exists: true, head, ...reached, checkpoint: checkpoint ?? position.tip.checkpoint };
  const fed = feedOf(batches.rows, from.size, head.size, identity.stateKey);
  for (const { seq, writes } of fed?.batches ?? []) position.window.record(writes, seq);
  if (fed === undefined) position.window.forgetBefore(head.size);
  return { batches: fed?.batches ?? [], isIncomplete: fed === undefined, head, checkpoint };
}

/** The ledger only grows: a head that is gone, smaller, or of the same size with another history is none of ours. */
function checkedHead(head: SignedHead | undefined, { origin, publicKey }: Identity, tip: Tip): SignedHead {
  if (head === undefined) {
    if (!tip.exists) return tip.head;
    throw new StorageFault("database_rolled_back", "The ledger's head is gone.");
  }
  if (head.signature === tip.head.signature) return head;
  if (head.origin !== origin) {
    throw new StorageFault("database_foreign", `The database belongs to ${head.origin}, not to ${origin}.`);
  }
  if (!verifyHead(verifySignature, publicKey, origin, head)) {
    throw new StorageFault("head_forged", "The ledger's head is not signed by this log's key.");
  }
  if (head.size < tip.head.size || head.epoch !== tip.head.epoch) {
    throw new StorageFault(
      "database_rolled_back",
      `The ledger has ${head.size} entries of epoch ${head.epoch}; this node has seen ${tip.head.size} of epoch ${tip.head.epoch}.`,
    );
  }
  if (head.size === tip.head.size) {
    throw new StorageFault("database_forked", `The first ${head.size} entries differ from those this node has seen.`);
  }
  return head;
}

/** A checkpoint beyond the head belongs to a batch that was committed between two looks: it is met with the next one. */
function newer(
  found: StoredCheckpoint | undefined,
  { origin, publicKey }: Identity,
  tip: Tip,
  head: SignedHead,
): StoredCheckpoint | undefined {
  if (found === undefined || found.size <= (tip.checkpoint?.size ?? 0) || found.size > head.size) return undefined;
  const { size, note } = found;
  if (signedSize(note, origin, publicKey) === size) return { size, note };
  // Published, it would take the place of those that bear witness elsewhere.
  throw new StorageFault("head_forged", `The checkpoint of size ${size} is not signed by this log's key.`);
}

function signedSize(note: string, origin: string, publicKey: Uint8Array): number | undefined {
  try {
    return openCheckpoint(note, verifierKeyOf(sha256, origin, publicKey), verifySignature).size;
  } catch (cause) {
    if (cause instanceof KernelError) return undefined;
    throw cause;
  }
}

/** Tree and time after the entries that came since; undefined when not all of them are here. */
function followed(
  tip: Tip,
  head: SignedHead,
  found: readonly StoredEntry[],
): { readonly tree: Tree; readonly timeMs: number } | undefined {
  const entries = found.slice(0, head.size - tip.head.size);
  const last = entries.at(-1);
  if (last?.seq !== head.size - 1 || entries[0]?.seq !== tip.head.size) return undefined;
  const tree = tip.tree.copy();
  for (const { bytes } of entries) tree.append(leafHash(sha256, bytes));
  tree.takeCompletedTiles();
  if (toHex(tree.root()) !== head.root || toHex(entryHash(blake3, last.bytes)) !== head.chain) {
    throw new StorageFault("database_damaged", "The entries do not lead to the ledger's head.");
  }
  return { tree, timeMs: timeOf(last.bytes) };
}

/** The tree at a head from its tiles: after a long absence, and at the start. */
export async function loaded(
  reader: LedgerReader,
  head: SignedHead,
): Promise<{ readonly tree: Tree; readonly timeMs: number }> {
  const tree = await withTiles(reader, (readTile, hash) => loadTree(hash, head.size, readTile));
  if (toHex(tree.root()) !== head.root) {
    throw new StorageFault("database_damaged", "The tiles do not lead to the ledger's head.");
  }
  const last = head.size === 0 ? undefined : await reader.entry(head.size - 1);
  return { tree, timeMs: last === undefined ? 0 : timeOf(last) };
}

const timeOf = (bytes: Uint8Array): number => Date.parse(parseEntry(bytes).time);

/**
 * The batches from one size to another, each following on the one before; undefined when one is missing, or was not
 * written by a node: with emptied `writes` this node would go on deciding by what it has cached.
 */
function feedOf(
  rows: readonly BatchRow[],
  from: number,
  to: number,
  stateKey: Uint8Array,
): Pick<Moved, "batches"> | undefined {
  const batches = [];
  let at = from;
  for (const { first_seq, next_seq, writes, mac } of rows) {
    if (at === to) break;
    if (first_seq !== at || next_seq > to) return undefined;
    if (!isToldByNode(stateKey, { firstSeq: first_seq, nextSeq: next_seq, writes }, mac)) return undefined;
    batches.push({ seq: next_seq - 1, writes });
    at = next_seq;
  }
  return at === to ? { batches } : undefined;
}
