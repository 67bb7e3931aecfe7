import { rmSync } from "node:fs";

/** Removes a file that was begun. What cannot be removed either is no reason to go without the secret. */
export function dropFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Whoever writes the same secret next drops what is old.
  }
}
