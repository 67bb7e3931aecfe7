import { lstatSync, mkdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";

const writableByOthers = 0o022;

/**
 * Lets Node keep compiled code between starts, which makes everything but the quick commands start sooner. What lies
 * there is run without further checks, so the folder must be the user's own and nobody else's; else there is no cache.
 */
export function useCompileCache(env: Readonly<NodeJS.ProcessEnv>): void {
  const folder = cacheFolder(env);
  if (folder !== undefined && isOwn(folder)) enableCompileCache(folder);
}

function cacheFolder({ XDG_CACHE_HOME: base, HOME: home }: Readonly<NodeJS.ProcessEnv>): string | undefined {
  if (base?.startsWith("/")) return join(base, "holdfast");
  return home?.startsWith("/") ? join(home, ".cache", "holdfast") : undefined;
}

function isOwn(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stat = lstatSync(folder);
    return stat.isDirectory() && stat.uid === process.geteuid?.() && (stat.mode & writableByOthers) === 0;
  } catch {
    return false;
  }
}
