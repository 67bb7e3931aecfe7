import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { RuleProblem } from "@holdfast/contract/types";

/** A rule file as it stands on disk. */
export interface RuleText {
  readonly file: string;
  readonly text: string;
}

export interface ReadFolder {
  readonly texts: readonly RuleText[];
  readonly problems: readonly RuleProblem[];
}

const MAX_FILES = 5000;
const MAX_BYTES = 4 * 1024 * 1024;
/** Imported rules lie in folders of their own; deeper than this nobody keeps rules. */
const MAX_DEPTH = 4;
/** A file is called by its path below the folder. */
const MAX_PATH = 512;
const RULE_FILE = /^[^.].*\.ya?ml$/;
const WRITABLE_BY_ANYBODY = 0o002;
const ROOT = 0;

/**
 * Rule files of a folder and of those below it, by name; what cannot be read is a problem of that file. A folder that is
 * not there holds none. `isShipped`: it belongs to whom the program beside it belongs to, and is trusted as that is.
 */
export function readRuleFolder(folder: string, isShipped = false): ReadFolder {
  const problems: RuleProblem[] = [];
  const texts: RuleText[] = [];
  const files = filesBelow({ folder, isShipped, problems }, ".", 1);
  if (files.length > MAX_FILES) {
    problems.push({ file: ".", message: `There are more than ${MAX_FILES} files; the rest is not read.` });
  }
  for (const file of files.toSorted().slice(0, MAX_FILES)) {
    const read = readRuleFile(join(folder, file), isShipped);
    if ("text" in read) texts.push({ file, text: read.text });
    else problems.push({ file, message: read.problem });
  }
  return { texts, problems };
}

interface Search {
  readonly folder: string;
  readonly isShipped: boolean;
  readonly problems: RuleProblem[];
}

function filesBelow(search: Search, below: string, depth: number): readonly string[] {
  const entries = entriesOf(search, below).filter(({ name }) => !name.startsWith("."));
  const files = entries.filter((entry) => !entry.isDirectory() && RULE_FILE.test(entry.name));
  const found = files.map(({ name }) => join(below, name));
  for (const entry of entries.filter((one) => !files.includes(one))) {
    if (found.length > MAX_FILES) break;
    const inner = join(below, entry.name);
    const why = entry.isDirectory() ? unread(inner, depth) : linkTo(join(search.folder, inner), entry);
    if (why !== undefined) search.problems.push({ file: inner.slice(0, MAX_PATH), message: why });
    else if (entry.isDirectory()) found.push(...filesBelow(search, inner, depth + 1));
  }
  return found;
}

function unread(folder: string, depth: number): string | undefined {
  // 255 is the longest name of a file.
  const isTooDeep = depth >= MAX_DEPTH || folder.length + 256 > MAX_PATH;
  return isTooDeep ? "The folder is not read: it lies too deep." : undefined;
}

/** Others may decide where a link leads. */
function linkTo(path: string, entry: Dirent): string | undefined {
  const isFolder = entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? "The folder is not read: it is a link." : undefined;
}

function entriesOf({ folder, isShipped, problems }: Search, below: string): readonly Dirent[] {
  const path = join(folder, below);
  const stranger = isShipped ? undefined : strangerIn(statSync(path, { throwIfNoEntry: false }));
  if (stranger !== undefined) {
    problems.push({ file: below, message: `The folder is not read: ${stranger}` });
    return [];
  }
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) !== "ENOENT") {
      problems.push({ file: below, message: `The folder cannot be read (${codeOf(error)}).` });
    }
    return [];
  }
}

/** Who else decides what is in it: what is watched for is no business of theirs. */
function strangerIn(stats: Stats | undefined): string | undefined {
  if (stats === undefined) return undefined;
  if ((stats.mode & WRITABLE_BY_ANYBODY) !== 0) return "Everybody may write it; take that right away (chmod o-w).";
  const own = process.geteuid?.();
  if (own === undefined || stats.uid === own || stats.uid === ROOT) return undefined;
  return `It belongs to another user (uid ${stats.uid}).`;
}

/** A real file of bounded size, which nobody else may write. */
function readRuleFile(path: string, isShipped: boolean): { readonly text: string } | { readonly problem: string } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { problem: "It is not a real file." };
    const stranger = isShipped ? undefined : strangerIn(stats);
    if (stranger !== undefined) return { problem: stranger };
    if (stats.size > MAX_BYTES) return { problem: `It is larger than ${MAX_BYTES} bytes.` };
    return { text: utf8.decode(readFileSync(descriptor)) };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ELOOP") return { problem: "It is a link, not a real file." };
    return { problem: error instanceof TypeError ? "It is not UTF-8." : `It cannot be read (${code}).` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown fault";
