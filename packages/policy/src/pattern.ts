import { parsePath } from "@holdfast/kernel/paths";

/** Exactly one segment. */
export const anySegment = "*";
/** Any number of segments, also none; only at the end. */
export const anyDepth = "**";

/**
 * A walk of the compiled index branches at each `*`. This bound keeps its cost a function of the path's depth alone,
 * whatever rules are held.
 */
const maxAnySegments = 3;

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
  return refuseWildcards(segments) ?? refuseLiterals(segments);
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

function refuseWildcards(segments: readonly string[]): PatternRefusal | undefined {
  let singles = 0;
  for (const [index, segment] of segments.entries()) {
    if (segment === anySegment) singles += 1;
    const refusal =
      singles > maxAnySegments
        ? { problem: `a pattern holds at most ${maxAnySegments} single * segments`, hint: "end it with **" }
        : refuseWildcard(segment, index === segments.length - 1);
    if (refusal) return { position: offsetOf(segments, index), ...refusal };
  }
  return undefined;
}

function refuseWildcard(segment: string, isLast: boolean): Omit<PatternRefusal, "position"> | undefined {
  if (segment === anySegment) return undefined;
  if (segment === anyDepth) {
    return isLast ? undefined : { problem: "** stands only at the end", hint: "use * for exactly one segment" };
  }
  // ATTACKS 7: a star inside a segment is neither a wildcard nor a letter, so that no text can turn into a pattern.
  if (segment.includes("*")) {
    return { problem: "* stands for a whole segment, never for a part of one", hint: "use * or **" };
  }
  return undefined;
}

/** The rules of paths, tried with each wildcard in its shortest form; the position is that of the segment at fault. */
function refuseLiterals(segments: readonly string[]): PatternRefusal | undefined {
  const shortest = segments.filter((segment) => segment !== anyDepth).map((segment) => segment.replace("*", "x"));
  if (shortest.length === 0) return undefined;
  const parsed = parsePath(shortest.join("/"));
  if (parsed.ok) return undefined;
  const atFault = shortest.findIndex((segment) => !parsePath(segment).ok);
  return { position: offsetOf(segments, Math.max(0, atFault)), problem: `the path ${parsed.reason}` };
}

function offsetOf(segments: readonly string[], index: number): number {
  return segments.slice(0, index).reduce((offset, segment) => offset + segment.length + 1, 0);
}
