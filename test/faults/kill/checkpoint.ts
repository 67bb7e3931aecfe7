import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@holdfast/client";
import { sha256 } from "@holdfast/engine/crypto";
import { fromBase64, fromHex } from "@holdfast/kernel/bytes";
import { verifyConsistency } from "@holdfast/kernel/merkle";
import { insist } from "../insist.ts";

/** Size and root of a checkpoint, as its second and third line say. */
interface Published {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The checkpoint beside the data; undefined when none was published yet. */
export function publishedCheckpoint(dataDir: string): Published | undefined {
  const path = join(dataDir, "checkpoint");
  return existsSync(path) ? parsed(readFileSync(path, "utf8")) : undefined;
}

function parsed(note: string): Published {
  const [, size = "", root = ""] = note.split("\n");
  return { size: Number(size), root: fromBase64(root) };
}

/** The ledger of today contains what was published before, and so does its newest checkpoint. */
export async function laterContains(client: Client, earlier: Published): Promise<void> {
  const { head, checkpoint, consistency = [] } = await client.audit.head({ from: earlier.size });
  const holds = verifyConsistency(sha256, {
    size1: earlier.size,
    size2: head.size,
    root1: earlier.root,
    root2: fromHex(head.root),
    proof: consistency.map(fromHex),
  });
  insist(holds, `the ledger of ${head.size} entries does not contain the checkpoint of ${earlier.size}`);
  const { size } = parsed(checkpoint);
  insist(size >= earlier.size, `the newest checkpoint has ${size} entries, after one of ${earlier.size}`);
}
