import { type Checkpoint, openCheckpoint } from "@holdfast/kernel/checkpoint";
import { leafHash, TILE_WIDTH } from "@holdfast/kernel/merkle";
import { parseVerifierKey, type VerifierKey } from "@holdfast/kernel/note";
import { createTree, encodeEntryBundle, type Tile, type Tree } from "@holdfast/kernel/tiles";
import { type Anchor, LedgerVerifier } from "@holdfast/kernel/verifier";
import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { fetchEntries } from "./fetch-entries.ts";
import { blake3, sha256, verifySignature } from "./primitives.ts";
import { badEntry } from "./sentences.ts";
import type { TileFolder } from "./tile-folder.ts";

export interface Exported {
  readonly origin: string;
  readonly size: number;
}

/**
 * Writes the whole log up to its newest checkpoint. Nothing the server says is taken on trust: each entry is followed,
 * every tile is computed here, and the checkpoint is written only if it is what they come to.
 */
export async function exportTiles(
  context: Context,
  folder: TileFolder,
  onProgress: (done: number, size: number) => void,
): Promise<Exported> {
  const { verifierKey } = await context.confirm();
  const key = parseVerifierKey(sha256, verifierKey);
  const note = await context.call("audit.checkpoint", {});
  const checkpoint = openCheckpoint(note, key, verifySignature);
  const { origin, size, root } = checkpoint;
  const verifier = new LedgerVerifier({ sha256, blake3 }, origin, [
    { size, root },
    ...earlier(folder, key, checkpoint),
  ]);
  const tree = createTree(sha256);
  for await (const entries of fetchEntries(context, size)) {
    for (const entry of entries) {
      const bad = verifier.push(entry);
      if (bad !== undefined) throw badEntry(bad);
      tree.append(leafHash(sha256, entry));
    }
    writeBundles(folder, tree.size - entries.length, entries);
    writeTiles(folder, tree.takeCompletedTiles());
    onProgress(tree.size, size);
  }
  finish(folder, tree, verifier);
  folder.writeCheckpoint(note);
  return { origin, size };
}

/** An export that is there already has to be the past of this one. */
function earlier(folder: TileFolder, key: VerifierKey, { size }: Checkpoint): Anchor[] {
  const note = folder.read("checkpoint");
  if (note === undefined) return [];
  const before = openCheckpoint(note.toString("utf8"), key, verifySignature);
  if (before.size <= size) return [before];
  throw new Failure(
    exitCodes.failed,
    `the folder holds an export of ${before.size} entries, but the server's ledger has ${size}`,
    "the ledger was rolled back: keep the export as evidence, and export to another folder",
  );
}

/** Entries arrive in pieces that begin at a bundle's beginning; only the last piece may end inside one. */
function writeBundles(folder: TileFolder, start: number, entries: readonly Uint8Array[]): void {
  for (let at = 0; at < entries.length; at += TILE_WIDTH) {
    const bundle = entries.slice(at, at + TILE_WIDTH);
    folder.writeBundle((start + at) / TILE_WIDTH, bundle.length, encodeEntryBundle(bundle));
  }
}

function writeTiles(folder: TileFolder, tiles: readonly Tile[]): void {
  for (const { level, index, hashes } of tiles) folder.writeTile(level, index, hashes);
}

function finish(folder: TileFolder, tree: Tree, verifier: LedgerVerifier): void {
  const verdict = verifier.finish();
  if (!verdict.ok) throw badEntry(verdict);
  writeTiles(folder, tree.partialTiles());
}
