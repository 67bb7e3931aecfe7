import { closeSync, fsyncSync, openSync } from "node:fs";

/** Names outlast a power cut once their folder is on the disk. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
