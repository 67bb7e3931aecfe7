import { closeSync, constants, fstatSync, lstatSync, openSync } from "node:fs";
import { exitCodes } from "../exit-codes.ts";
import { errnoOf, Failure } from "../failure.ts";

const writableByOthers = 0o022;
/** What an unmapped user looks like: as an owner it names nobody, so it is never "oneself". */
const overflowUid = 65_534;

/** A folder that is held open: its name may be moved or replaced, the path below still leads to what was checked. */
export interface HeldFolder {
  readonly descriptor: number;
  readonly ownerUid: number;
  /** Path of a name inside that no rename of the folder or of its parents can redirect. */
  at(name: string): string;
}

/**
 * Opens a folder in which a socket may be trusted: a real folder, not a link, owned by one of `owners`, and writable
 * by nobody else. Gives undefined when there is none; throws when there is one that somebody could have planted.
 * The bits of its parents do not matter: whoever may write there can move the folder away, but what they put in its
 * place belongs to them and is refused here, and the held descriptor keeps the check and the connection together.
 */
export function holdFolder(path: string, owners: readonly number[], shownPath: string = path): HeldFolder | undefined {
  const descriptor = openFolder(path, shownPath);
  if (descriptor === undefined) return undefined;
  const stat = fstatSync(descriptor);
  const refusal = refusalOf(stat.uid, stat.mode, owners);
  if (refusal === undefined) {
    return { descriptor, ownerUid: stat.uid, at: (name) => `/proc/self/fd/${descriptor}/${name}` };
  }
  closeSync(descriptor);
  throw untrusted(`${shownPath} is not trusted: ${refusal}`);
}

/** Checks the socket's own file: a socket (not a link to one), made by one of `owners`. False when there is none. */
export function checkSocketFile(path: string, shownPath: string, owners: readonly number[]): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isSocket()) throw untrusted(`${shownPath} is not a socket`);
  if (!isOwner(stat.uid, owners)) throw untrusted(`${shownPath} is not trusted: it belongs to uid ${stat.uid}`);
  return true;
}

/** Whether `uid` is one of `owners`; the overflow uid is nobody. */
export function isOwner(uid: number, owners: readonly number[]): boolean {
  return uid !== overflowUid && owners.includes(uid);
}

export function untrusted(message: string): Failure {
  return new Failure(
    exitCodes.untrusted,
    message,
    "name the socket yourself if you mean it: --socket <path>, or HOLDFAST_SOCKET (of an agent: HOLDFAST_AGENT_SOCKET)",
  );
}

function openFolder(path: string, shownPath: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR" || code === "ELOOP") throw untrusted(`${shownPath} is not trusted: it is not a real folder`);
    if (code === "EACCES") throw untrusted(`${shownPath} is not trusted: it belongs to somebody else`);
    throw error;
  }
}

function refusalOf(uid: number, mode: number, owners: readonly number[]): string | undefined {
  if (!isOwner(uid, owners)) return `it belongs to uid ${uid}`;
  if ((mode & writableByOthers) !== 0) return "others may write there";
  return undefined;
}
