import { type Checkpoint, openCheckpoint, parseCheckpoint } from "@holdfast/kernel/checkpoint";
import { toHex } from "@holdfast/kernel/bytes";
import { KernelError } from "@holdfast/kernel/errors";
import { leafHash, TILE_WIDTH } from "@holdfast/kernel/merkle";
import { parseNote, parseVerifierKey } from "@holdfast/kernel/note";
import { bundlePath, createTree, parseEntryBundle, type Tile, tilePath } from "@holdfast/kernel/tiles";
import { type BadEntry, LedgerVerifier } from "@holdfast/kernel/verifier";
import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure, usage } from "../../failure.ts";
import { rememberedKey } from "../../state/heads.ts";
import { progress } from "../../terminal/progress.ts";
import { blake3, sha256, verifySignature } from "./primitives.ts";
import type { Verification } from "./show-verification.ts";
import { type TileFolder, tileFolder } from "./tile-folder.ts";

/** Verifies an exported folder by the kernel alone: signature, every entry, the chain, every tile and the root. */
export function verifyExport(context: Context, path: string, keyText: string | undefined): Verification {
  const startMs = performance.now();
  const folder = tileFolder(path);
  const checkpoint = signedCheckpoint(context, folder, path, keyText);
  const bar = progress(context.output, "entries");
  const bad = follow(folder, checkpoint, bar.show);
  bar.end();
  const verdict = bad === undefined ? { ok: true } : { ok: false, firstBad: bad };
  const { size, root } = checkpoint;
  return { ...verdict, size, root: toHex(root), durationMs: performance.now() - startMs };
}

/** Without a key from elsewhere the signature would prove nothing: whoever made the folder could have made the key. */
function signedCheckpoint({ env }: Context, folder: TileFolder, path: string, keyText: string | undefined): Checkpoint {
  const note = folder.read("checkpoint")?.toString("utf8");
  if (note === undefined) throw new Failure(exitCodes.notFound, `there is no checkpoint in ${path}`);
  try {
    const { origin } = parseCheckpoint(parseNote(note).text);
    const key = keyText ?? rememberedKey(origin, env);
    if (key === undefined)
      throw usage(`the key of ${origin} is not known here`, "give it by --key; holdfast audit key prints it");
    return openCheckpoint(note, parseVerifierKey(sha256, key.trim()), verifySignature);
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    throw new Failure(exitCodes.failed, `the checkpoint does not verify: ${error.message}`);
  }
}

interface Bad {
  readonly seq: number;
  readonly reason: string;
}

function follow(
  folder: TileFolder,
  { origin, size, root }: Checkpoint,
  onProgress: (done: number, size: number) => void,
): Bad | undefined {
  const verifier = new LedgerVerifier({ sha256, blake3 }, origin, [{ size, root }]);
  const tree = createTree(sha256);
  for (let start = 0; start < size; start += TILE_WIDTH) {
    for (const entry of readBundle(folder, start, Math.min(TILE_WIDTH, size - start))) {
      const bad = verifier.push(entry);
      if (bad !== undefined) return badOf(bad);
      tree.append(leafHash(sha256, entry));
    }
    const bad = differingTile(folder, tree.takeCompletedTiles());
    if (bad !== undefined) return bad;
    if (tree.size !== Math.min(size, start + TILE_WIDTH)) return { seq: tree.size, reason: "missing" };
    onProgress(tree.size, size);
  }
  const verdict = verifier.finish();
  return verdict.ok ? differingTile(folder, tree.partialTiles()) : badOf(verdict);
}

const badOf = ({ seq, reason }: BadEntry): Bad => ({ seq, reason });

/** The entries of one bundle; none when it is not there or cannot be read, which shows as a missing entry. */
function readBundle(folder: TileFolder, start: number, width: number): Uint8Array[] {
  const bundle = folder.read(bundlePath(start / TILE_WIDTH, width));
  try {
    return bundle === undefined ? [] : parseEntryBundle(bundle).slice(0, width);
  } catch (error) {
    if (error instanceof KernelError) return [];
    throw error;
  }
}

/** Tiles are for proofs; one that does not follow from the entries would spoil every proof that passes through it. */
function differingTile(folder: TileFolder, tiles: readonly Tile[]): Bad | undefined {
  for (const { level, index, hashes } of tiles) {
    const path = tilePath(level, index, hashes.byteLength / 32);
    const found = folder.read(path);
    if (found !== undefined && found.equals(hashes)) continue;
    return {
      seq: index * TILE_WIDTH ** (level + 1),
      reason: `${path} ${found === undefined ? "is missing" : "is not what the entries come to"}`,
    };
  }
  return undefined;
}
