/** Any number of folders, or everything below one. */
export const DEEP = "**";

/** Parts of a pattern or path, without empty ones. */
export function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

export function isWild(part: string): boolean {
  return part.includes("*") || part.includes("?");
}

/** Whether a name fits one part of a pattern; linear in practice and never worse than the product of both lengths (ATTACKS 33). */
export function fitsPart(part: string, name: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let retry = 0;
  while (at < name.length) {
    if (from < part.length && (part[from] === "?" || (part[from] === name[at] && part[from] !== "*"))) {
      at++;
      from++;
    } else if (part[from] === "*") {
      star = from++;
      retry = at;
    } else if (star >= 0) {
      from = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (part[from] === "*") from++;
  return from === part.length;
}

/** Whether a path is what a pattern names, or lies below it: a pattern without a wild end that is a folder means all of it. */
export function fitsPattern(pattern: string, path: string): boolean {
  const names = partsOf(path);
  let reached: ReadonlySet<number> = new Set([0]);
  for (const part of partsOf(pattern)) {
    const next = new Set<number>();
    for (const at of reached) {
      if (part === DEEP) for (let to = at; to <= names.length; to++) next.add(to);
      else if (at < names.length && fitsPart(part, names[at] as string)) next.add(at + 1);
    }
    reached = next;
  }
  const isOpen = !isWild(partsOf(pattern).at(-1) ?? "");
  return reached.has(names.length) || (isOpen && [...reached].some((at) => at > 0 && at < names.length));
}
