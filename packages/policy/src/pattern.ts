import { parsePath } from "@holdfast/kernel/paths";

/** Exactly one segment. */
export const anySegment = "*";
/** Any number of segments, also none; only at the end. */
export const anyDepth = "**";

/**
 * A walk of the compiled index branches at each `*`. This bound keeps its cost a function of the path's depth alone,
 * whatever rules are held.
 */
export const maxAnySegments = 3;

export interface PatternRefusal {
  /** Offset in the pattern, in UTF-16 units. */
  readonly position: number;
  readonly problem: string;
  readonly hint?: string;
}

/** Says what is wrong with a namespace pattern; undefined when it is well formed. */
export function refusePattern(pattern: string): PatternRefusal | undefined {
  if (pattern === "") return undefined;
  const segments = pattern.split("/");
  return refuseSegments(segments) ?? refuseWhole(segments);
}

/** The segments of a well-formed pattern, or of a canonical path: none for the empty text. */
export function segmentsOf(pattern: string): readonly string[] {
  return pattern === "" ? [] : pattern.split("/");
}

/** Whether every path that `narrow` matches is matched by `wide`. Exact: `*` and `**` stand for whole segments only. */
export function patternCovers(wide: string, narrow: string): boolean {
  const wideSegments = segmentsOf(wide);
  const narrowSegments = segmentsOf(narrow);
  for (const [index, segment] of wideSegments.entries()) {
    if (segment === anyDepth) return true;
    const other = narrowSegments[index];
    if (other === undefined || other === anyDepth) return false;
    if (segment !== anySegment && segment !== other) return false;
  }
  return wideSegments.length === narrowSegments.length;
}

function refuseSegments(segments: readonly string[]): PatternRefusal | undefined {
  let position = 0;
  let anySegments = 0;
  for (const [index, segment] of segments.entries()) {
    if (segment === anySegment) anySegments += 1;
    const refusal =
      anySegments > maxAnySegments
        ? { problem: `a pattern holds at most ${maxAnySegments} single * segments`, hint: "end it with **" }
        : refuseSegment(segment, index === segments.length - 1);
    if (refusal) return { position, ...refusal };
    position += segment.length + 1;
  }
  return undefined;
}

function refuseSegment(segment: string, isLast: boolean): Omit<PatternRefusal, "position"> | undefined {
  if (segment === anySegment) return undefined;
  if (segment === anyDepth) {
    return isLast ? undefined : { problem: "** stands only at the end", hint: "use * for exactly one segment" };
  }
  // ATTACKS 7: a star inside a segment is neither a wildcard nor a letter, so that no text can turn into a pattern.
  if (segment.includes("*")) {
    return { problem: "* stands for a whole segment, never for a part of one", hint: "use * or **" };
  }
  const parsed = parsePath(segment);
  return parsed.ok ? undefined : { problem: `not a canonical path segment: ${parsed.reason}` };
}

/** The bounds on a whole path, tried with each wildcard in its shortest form. */
function refuseWhole(segments: readonly string[]): PatternRefusal | undefined {
  const shortest = segments.filter((segment) => segment !== anyDepth).map((segment) => segment.replace("*", "x"));
  if (shortest.length === 0) return undefined;
  const parsed = parsePath(shortest.join("/"));
  return parsed.ok ? undefined : { position: 0, problem: `not a canonical path: ${parsed.reason}` };
}
