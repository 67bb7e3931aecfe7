import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from "node:fs";
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
const RULE_FILE = /^[^.].*\.ya?ml$/;
const WRITABLE_BY_ANYBODY = 0o002;

/** Rule files of a folder by name; what cannot be read is a problem of that file. A folder that is not there holds none. */
export function readRuleFolder(folder: string): ReadFolder {
  const problems: RuleProblem[] = [];
  const texts: RuleText[] = [];
  for (const file of namesIn(folder, problems)) {
    const read = readRuleFile(join(folder, file));
    if ("text" in read) texts.push({ file, text: read.text });
    else problems.push({ file, message: read.problem });
  }
  return { texts, problems };
}

function namesIn(folder: string, problems: RuleProblem[]): readonly string[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => RULE_FILE.test(name));
  } catch (error) {
    if (codeOf(error) !== "ENOENT")
      problems.push({ file: ".", message: `The folder cannot be read (${codeOf(error)}).` });
    return [];
  }
  if (names.length > MAX_FILES) {
    problems.push({ file: ".", message: `There are more than ${MAX_FILES} files; the rest is not read.` });
  }
  return names.toSorted().slice(0, MAX_FILES);
}

/** A real file, of bounded size, that not everybody may write: what is watched for is no business of theirs. */
function readRuleFile(path: string): { readonly text: string } | { readonly problem: string } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size, mode } = fstatSync(descriptor);
    if (!fstatSync(descriptor).isFile()) return { problem: "It is not a real file." };
    if ((mode & WRITABLE_BY_ANYBODY) !== 0)
      return { problem: "Everybody may write it; take that right away (chmod o-w)." };
    if (size > MAX_BYTES) return { problem: `It is larger than ${MAX_BYTES} bytes.` };
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
