import { findAssignments } from "./assignments.ts";
import { type SecretFlag, secretFlagsOf } from "./program-flags.ts";
import { hide, MASK, type Ranges } from "./ranges.ts";
import { takesSecret } from "./secret-names.ts";
import { findTokens, SHORTEST_TOKEN } from "./token-shapes.ts";
import { findUrlCredentials } from "./url-credentials.ts";
import { type Word, wordsOf } from "./words.ts";

const BLANK = /\s/;
const MAY_ASSIGN = /[=:]/;
const BETWEEN_COMMANDS: ReadonlySet<string> = new Set(["|", "||", "&&", ";", "&"]);

/** What is known while the words of a command line go by. */
interface Reading {
  flags: readonly SecretFlag[];
  /** The flags count once this word was read. */
  onlyWith: string | undefined;
  /** The next word is a secret: whole, or behind this character. */
  pending: { readonly after: string | undefined } | undefined;
}

/**
 * The arguments of a process joined by blanks, with what looks like a secret hidden (ATTACKS 47): whoever may read the
 * agent's tables must not learn passwords from them. Every pass over the text is linear in its length.
 */
export function maskArguments(args: readonly string[]): string {
  const reading: Reading = { flags: [], onlyWith: undefined, pending: undefined };
  // One text may be arguments that somebody has joined already: where each ends is not known then.
  const isSplit = args.length > 1;
  return args.map((argument) => maskArgument(argument, isSplit, reading)).join(" ");
}

/** The same for a command line that is one text, such as a line of a crontab. */
export function maskText(text: string): string {
  return maskArguments([text]);
}

function maskArgument(argument: string, isSplit: boolean, reading: Reading): string {
  const { pending } = reading;
  const ranges: Ranges = [];
  const whole: Word = { text: argument, start: 0, end: argument.length };
  if (pending !== undefined && !argument.startsWith("--")) {
    reading.pending = undefined;
    if (pending.after === undefined) return MASK;
    hideFrom(whole, 0, pending.after, ranges);
  }
  const isOneWord = !BLANK.test(argument);
  // A secret with a blank in it ends where its argument does.
  if (isSplit && !isOneWord && argument.startsWith("-")) isKnownFlag(whole, reading, ranges);
  for (const word of isOneWord ? [whole] : wordsOf(argument)) readWord(word, reading, ranges);
  // A command line inside an argument ends with it.
  if (!isOneWord) reading.pending = undefined;
  if (MAY_ASSIGN.test(argument)) {
    findAssignments(argument, isSplit || isOneWord, ranges);
    findUrlCredentials(argument, ranges);
  }
  if (argument.length >= SHORTEST_TOKEN) findTokens(argument, ranges);
  return hide(argument, ranges);
}

function readWord(word: Word, reading: Reading, ranges: Ranges): void {
  const { pending } = reading;
  reading.pending = undefined;
  if (pending !== undefined && !word.text.startsWith("--")) {
    hideFrom(word, 0, pending.after, ranges);
    return;
  }
  if (BETWEEN_COMMANDS.has(word.text)) reading.flags = [];
  if (word.text.startsWith("-")) readOption(word, reading, ranges);
  else if (!isKnownFlag(word, reading, ranges)) readProgram(word, reading);
}

function readProgram({ text }: Word, reading: Reading): void {
  if (text === reading.onlyWith) reading.onlyWith = undefined;
  const known = secretFlagsOf(text);
  if (known === undefined) return;
  reading.flags = known.flags;
  reading.onlyWith = known.onlyWith;
}

function readOption(word: Word, reading: Reading, ranges: Ranges): void {
  if (!isKnownFlag(word, reading, ranges) && takesSecret(word.text.replace(/^-{1,2}/, "")) && !/[=:]/.test(word.text)) {
    reading.pending = { after: undefined };
  }
}

function isKnownFlag(word: Word, reading: Reading, ranges: Ranges): boolean {
  return reading.onlyWith === undefined && reading.flags.some((flag) => readFlag(flag, word, reading, ranges));
}

/** True when the word is this flag, with its secret or before it. */
function readFlag({ flag, form, after }: SecretFlag, word: Word, reading: Reading, ranges: Ranges): boolean {
  if (word.text === flag) {
    if (form !== "attached") reading.pending = { after };
    return true;
  }
  const prefix = flag.startsWith("--") ? `${flag}=` : flag;
  if (form === "separate" || !word.text.startsWith(prefix)) return false;
  hideFrom(word, prefix.length, after, ranges);
  return true;
}

function hideFrom({ text, start, end }: Word, offset: number, after: string | undefined, ranges: Ranges): void {
  const separator = after === undefined ? offset - 1 : text.indexOf(after, offset);
  if (after === undefined || separator >= 0) ranges.push([start + separator + 1, end]);
}
