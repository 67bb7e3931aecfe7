import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Publish } from "./publisher.ts";

/** Replaces the file as a whole: readers see the old note or the new one, also after a crash. */
export function publishToFile(path: string): Publish {
  return async (note) => {
    const partial = `${path}.partial`;
    const file = await open(partial, "w", 0o644);
    try {
      await file.writeFile(note);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    await syncFolder(dirname(path));
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
