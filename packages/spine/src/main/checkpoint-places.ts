import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Publish, publishToFile, type TreeHead } from "@holdfast/engine";
import { sha256, verifySignature } from "@holdfast/engine/crypto";
import { toHex } from "@holdfast/kernel/bytes";
import { openCheckpoint } from "@holdfast/kernel/checkpoint";
import { KernelError } from "@holdfast/kernel/errors";
import { verifierKeyOf } from "@holdfast/kernel/note";
import { StartFailure } from "@holdfast/runtime";

export interface CheckpointPlaces {
  /** Sizes and roots that were published earlier: the ledger that is opened must contain each of them. */
  readonly known: readonly TreeHead[];
  readonly publish: readonly Publish[];
  /** Why the second place cannot be used; undefined when it can. */
  readonly secondPlaceProblem: string | undefined;
}

/**
 * Checkpoints go beside the data and to a second place outside of it: whoever puts the whole data folder back to an
 * older state would have to put back the second place too (ATTACKS 28).
 */
export function checkpointPlaces(
  beside: string,
  secondDir: string,
  log: { readonly origin: string; readonly publicKey: Uint8Array },
): CheckpointPlaces {
  const second = join(secondDir, `${log.origin.replaceAll("/", "-")}.checkpoint`);
  const problem = prepare(secondDir);
  const places = problem === undefined ? [beside, second] : [beside];
  return {
    known: places.flatMap((place) => readNote(place).map((note) => verified(place, note, log))),
    publish: places.map((place) => publishToFile(place)),
    secondPlaceProblem: problem,
  };
}

function prepare(dir: string): string | undefined {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    readdirSync(dir);
    return undefined;
  } catch (cause) {
    return `${dir}: ${cause instanceof Error && "code" in cause ? String(cause.code) : "cannot be used"}`;
  }
}

function readNote(path: string): readonly string[] {
  try {
    return [readFileSync(path, "utf8")];
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw cause;
  }
}

/** A note that this log's key did not sign is not evidence of anything; it is in the way, and an operator should look. */
function verified(
  place: string,
  note: string,
  log: { readonly origin: string; readonly publicKey: Uint8Array },
): TreeHead {
  try {
    const key = verifierKeyOf(sha256, log.origin, log.publicKey);
    const { size, root } = openCheckpoint(note, key, verifySignature);
    return { size, root: toHex(root) };
  } catch (cause) {
    if (!(cause instanceof KernelError)) throw cause;
    throw new StartFailure(
      "database_rolled_back",
      `The checkpoint ${place} was not signed by this ledger's key.`,
      "If the data folder was replaced on purpose, move that file away; otherwise find out who changed it.",
      cause,
    );
  }
}
