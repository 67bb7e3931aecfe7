import type { Row } from "../../events/index.ts";
import type { FileLook } from "./file-look.ts";

export type FileAction = "CREATED" | "UPDATED" | "ATTRIBUTES_MODIFIED" | "DELETED" | "MOVED_TO";

/**
 * What happened to a name between two looks; undefined when nothing did. `isExact`: both looks have times to the
 * millisecond. A file that was put in the place of another one has moved there, whatever it holds.
 */
export function compareLooks(
  before: FileLook | undefined,
  now: FileLook | undefined,
  isExact: boolean,
): FileAction | undefined {
  if (before === undefined) return now === undefined ? undefined : "CREATED";
  if (now === undefined) return "DELETED";
  if (before.inode !== now.inode || before.device !== now.device || before.type !== now.type) return "MOVED_TO";
  if (hasOtherContent(before, now, isExact)) return "UPDATED";
  return hasOtherAttributes(before, now, isExact) ? "ATTRIBUTES_MODIFIED" : undefined;
}

function hasOtherContent(before: FileLook, now: FileLook, isExact: boolean): boolean {
  if (before.symlink !== now.symlink) return true;
  if (!isContentWatched(before, now) || now.type !== "regular") return false;
  if (before.sha256 !== "" && now.sha256 !== "") return before.sha256 !== now.sha256;
  return before.size !== now.size || differs(before.mtimeMs, now.mtimeMs, isExact);
}

/** A folder's own times and links say only that something in it changed, which its names tell better. */
function hasOtherAttributes(before: FileLook, now: FileLook, isExact: boolean): boolean {
  if (before.mode !== now.mode || before.uid !== now.uid || before.gid !== now.gid) return true;
  if (now.type === "directory") return false;
  if (before.hardLinks !== now.hardLinks) return true;
  if (!isContentWatched(before, now)) return false;
  return differs(before.ctimeMs, now.ctimeMs, isExact) || differs(before.mtimeMs, now.mtimeMs, isExact);
}

function isContentWatched(before: FileLook, now: FileLook): boolean {
  return before.watchesContent && now.watchesContent;
}

function differs(a: number, b: number, isExact: boolean): boolean {
  return isExact ? a !== b : Math.floor(a / 1_000) !== Math.floor(b / 1_000);
}

export interface FileChange {
  readonly path: string;
  readonly action: FileAction;
  readonly before: FileLook | undefined;
  readonly now: FileLook | undefined;
  /** It changed while the agent did not run. */
  readonly isWhileOff: boolean;
}

/** Row of `file_events`; a file that is gone is told with what it last was. */
export function fileEventRow({ path, action, before, now, isWhileOff }: FileChange, seconds: number): Row {
  const shown = now ?? before;
  return {
    time: seconds,
    target_path: path,
    category: shown?.category ?? "",
    action,
    inode: shown?.inode ?? 0,
    uid: shown?.uid ?? -1,
    gid: shown?.gid ?? -1,
    mode: shown?.mode ?? "",
    size: shown?.size ?? 0,
    mtime: Math.floor((shown?.mtimeMs ?? 0) / 1_000),
    ctime: Math.floor((shown?.ctimeMs ?? 0) / 1_000),
    sha256: now?.sha256 ?? "",
    old_sha256: before?.sha256 ?? "",
    hard_links: now?.hardLinks ?? 0,
    while_off: isWhileOff ? 1 : 0,
  };
}
