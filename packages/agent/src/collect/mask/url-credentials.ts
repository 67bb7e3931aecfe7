import type { Ranges } from "./ranges.ts";

const SCHEME_END = "://";
const AUTHORITY_ENDS = "/?#\\ \t\n'\"`<>|,;";

/** A token stands before the @ alone, without a name: longer than names are. */
const SHORTEST_LONE_TOKEN = 16;
/** Whoever knows the rest of such an address may write there. */
const HOOKS: readonly string[] = [
  "://hooks.slack.com/services/",
  "://discord.com/api/webhooks/",
  "://api.telegram.org/bot",
];

/** Finds the password of `scheme://user:password@host`, and addresses that are secret, in one pass over the text. */
export function findUrlCredentials(text: string, ranges: Ranges): void {
  for (const hook of HOOKS) findHooks(text, hook, ranges);
  for (let at = text.indexOf(SCHEME_END); at >= 0; at = text.indexOf(SCHEME_END, at)) {
    at += SCHEME_END.length;
    const start = at;
    let colon = -1;
    let lastAt = -1;
    for (; at < text.length && !AUTHORITY_ENDS.includes(text[at] as string); at++) {
      if (text[at] === ":" && colon < 0) colon = at;
      if (text[at] === "@") lastAt = at;
    }
    // A password may hold an unescaped slash, and then the authority seems to end before the @.
    if (colon >= 0 && lastAt > colon) ranges.push([colon + 1, lastAt]);
    else if (colon < 0 && lastAt - start >= SHORTEST_LONE_TOKEN) ranges.push([start, lastAt]);
    else if (colon >= 0 && lastAt < 0) at = Math.max(at, findAtBehindSlash(text, colon, at, ranges));
    if (at === start) at++;
  }
}

function findHooks(text: string, hook: string, ranges: Ranges): void {
  for (let at = text.indexOf(hook); at >= 0; at = text.indexOf(hook, at)) {
    at += hook.length;
    const start = at;
    while (at < text.length && !" \t\n'\"`<>|".includes(text[at] as string)) at++;
    if (at > start) ranges.push([start, at]);
  }
}

const MAX_PASSWORD = 128;

/** `user:pa/ss@host`: not a port between colon and slash, and an @ before the next blank or quote. */
function findAtBehindSlash(text: string, colon: number, slash: number, ranges: Ranges): number {
  if (/^\d{0,5}$/.test(text.slice(colon + 1, slash))) return slash;
  const limit = Math.min(text.length, colon + MAX_PASSWORD);
  for (let at = slash; at < limit && !" \t\n'\"`<>|".includes(text[at] as string); at++) {
    if (text[at] !== "@") continue;
    ranges.push([colon + 1, at]);
    return at;
  }
  return slash;
}
