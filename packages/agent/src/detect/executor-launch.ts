import { confine } from "../sandbox/confine.ts";
import { loadNative } from "../sandbox/native.ts";
import type { SandboxFeature } from "../sandbox/report.ts";
import type { ChildOptions } from "./protocol.ts";

/** Confines this thread and becomes the executor: what is set before exec holds for all threads after it. */
function launch(options: ChildOptions): void {
  const { entry, flags } = options;
  const told: ChildOptions = { ...options, features: [...options.features, ...confineBy(options)] };
  process.execve?.(process.execPath, [process.execPath, ...flags, entry, JSON.stringify(told)], process.env);
}

function confineBy({ databasePath, programFolder, nativeFiles, user, without }: ChildOptions): SandboxFeature[] {
  const native = loadNative(nativeFiles);
  if (native === undefined) return [];
  return confine(native, {
    databaseFiles: ["", "-wal", "-shm"].map((suffix) => databasePath + suffix),
    programFolder,
    nativeFiles,
    willBecomeAnother: user !== undefined && !without.includes("own_user"),
    without,
  });
}

launch(JSON.parse(process.argv[2]!) as ChildOptions);
