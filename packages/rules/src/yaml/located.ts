/** A YAML value that knows where it stands, so that whatever is wrong with it can be shown there. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: "scalar";
  readonly offset: number;
  readonly value: string | number | boolean | null;
  /** How the value is written. Of plain ones it is the text, digits as they stand. */
  readonly style: "plain" | "quoted" | "literal" | "folded";
  readonly source: string;
}

export interface LocatedList {
  readonly kind: "list";
  readonly offset: number;
  readonly items: readonly Located[];
}

export interface LocatedMap {
  readonly kind: "map";
  readonly offset: number;
  readonly entries: readonly LocatedEntry[];
}

export interface LocatedEntry {
  readonly key: string;
  /** Of the key. */
  readonly offset: number;
  readonly value: Located;
}

/** What a value is, as messages say it. */
export function describe(node: Located): string {
  if (node.kind === "map") return "a map";
  if (node.kind === "list") return "a list";
  return node.value === null ? "nothing" : typeof node.value === "string" ? "a text" : `a ${typeof node.value}`;
}

/** Where the character at `index` of a text value stands in the file; where the value begins, when that is not plain to say. */
export function offsetWithin(scalar: LocatedScalar, index: number, file: string): number {
  if (scalar.style === "literal") return offsetInBlock(scalar, index, file);
  const start = scalar.style === "quoted" ? scalar.offset + 1 : scalar.offset;
  const before = String(scalar.value).slice(0, index);
  const isPlain = scalar.style !== "folded" && file.startsWith(before, start);
  return isPlain ? start + index : scalar.offset;
}

/** Lines of a literal block are those of the value behind their indentation. */
function offsetInBlock(scalar: LocatedScalar, index: number, file: string): number {
  const lines = String(scalar.value).slice(0, index).split("\n");
  let lineStart = file.indexOf("\n", scalar.offset) + 1;
  for (let count = 1; count < lines.length; count += 1) lineStart = file.indexOf("\n", lineStart) + 1;
  if (lineStart === 0) return scalar.offset;
  const whole = String(scalar.value).split("\n")[lines.length - 1]!;
  const indentation = file.indexOf(whole, lineStart);
  return indentation === -1 ? lineStart : indentation + lines.at(-1)!.length;
}
