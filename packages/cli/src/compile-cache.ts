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

function cacheFolder(env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const { XDG_CACHE_HOME: base, HOME: home, CACHE_DIRECTORY: service, STATE_DIRECTORY: state } = env;
  if (base?.startsWith("/")) return join(base, "holdfast");
  if (home?.startsWith("/")) return join(home, ".cache", "holdfast");
  // A service has no home; systemd says where its own folders are.
  const [own] = (service ?? state ?? "").split(":");
  return own?.startsWith("/") ? join(own, "compiled") : undefined;
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
