import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TILE_WIDTH } from "@holdfast/kernel/merkle";
import { bundlePath, tilePath } from "@holdfast/kernel/tiles";
import { errnoOf } from "../../failure.ts";

/** A static log in a folder, laid out as C2SP tlog-tiles says. */
export interface TileFolder {
  read(path: string): Buffer | undefined;
  writeTile(level: number, index: number, hashes: Uint8Array): void;
  writeBundle(index: number, width: number, bundle: Uint8Array): void;
  writeCheckpoint(note: string): void;
}

const hashBytes = 32;

/** A folder for tiles. Each file appears whole or not at all; a reader that begins at the checkpoint finds all below it. */
export function tileFolder(root: string): TileFolder {
  const write = (path: string, data: string | Uint8Array): void => replaceFile(join(root, path), data);
  return {
    read: (path) => readIfThere(join(root, path)),
    writeTile: (level, index, hashes) => write(tilePath(level, index, hashes.byteLength / hashBytes), hashes),
    writeBundle: (index, width, bundle) => write(bundlePath(index, Math.min(width, TILE_WIDTH)), bundle),
    writeCheckpoint: (note) => write("checkpoint", note),
  };
}

function replaceFile(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, data, { flag: "w", flush: true });
  renameSync(fresh, path);
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
