import { type Automaton, automatonOf, reversed, shortest, type Step } from "./automaton.ts";
import { anyCharacter, type CharacterSet, complement, hasCharacter, sizeOf, union } from "./character-set.ts";
import { parseRegex, RegexRefused } from "./parse-regex.ts";

const maxGlobs = 512;
const maxGlobLength = 4_000;
const maxGaps = 14;

/**
 * GLOB patterns of SQLite of which one matches exactly the texts in which the expression finds something. SQLite has no
 * regular expressions, and one that is run on what an attacker writes could be made to hang (ATTACKS 33): a GLOB cannot.
 * Refuses what no finite list of them says, such as `a+b+c`. `.` stands for a line break too, `$` for the end alone.
 */
export function globsOf(source: string, ignoresCase: boolean): readonly string[] {
  const forwards = automatonOf(parseRegex(source, ignoresCase));
  // Backwards and forwards again: neither the beginning nor the end of a word is longer than it need be.
  const words = wordsOf(mergeEdges(shortest(reversed(shortest(reversed(forwards))))));
  return [...new Set(words.map(printWord))];
}

/** Edges between the same two states become one with all their characters. */
function mergeEdges(automaton: Automaton): Automaton {
  const groups = Map.groupBy(
    automaton.edges,
    ({ from, to, step }) => `${from} ${to} ${typeof step === "string" ? step : ""}`,
  );
  const edges = [...groups.values()].map((group) => {
    const sets = group.flatMap(({ step }) => (step === undefined || typeof step === "string" ? [] : [step]));
    return sets.length === 0 ? group[0]! : { ...group[0]!, step: union(...sets) };
  });
  return { ...automaton, edges };
}

function wordsOf({ edges, first, last }: Automaton): readonly (readonly Step[])[] {
  const useful = usefulStates({ edges, last });
  const outgoing = Map.groupBy(
    edges.filter((edge) => useful.has(edge.to)),
    (edge) => edge.from,
  );
  const words: Step[][] = [];
  const word: Step[] = [];
  const passed = new Set<number>();
  const walk = (state: number): void => {
    if (passed.has(state)) throw new RegexRefused("something in the middle repeats without a bound", 0);
    if (last.includes(state)) words.push([...word]);
    if (words.length > maxGlobs) throw new RegexRefused(`the expression stands for more than ${maxGlobs} patterns`, 0);
    passed.add(state);
    for (const edge of outgoing.get(state) ?? []) {
      word.push(edge.step!);
      walk(edge.to);
      word.pop();
    }
    passed.delete(state);
  };
  for (const state of first) walk(state);
  return words;
}

/** States from which an end can be reached. */
function usefulStates({ edges, last }: Pick<Automaton, "edges" | "last">): ReadonlySet<number> {
  const incoming = Map.groupBy(edges, (edge) => edge.to);
  const reached = new Set(last);
  for (const state of reached) for (const edge of incoming.get(state) ?? []) reached.add(edge.from);
  return reached;
}

function printWord(word: readonly Step[]): string {
  const isStarted = word[0] === "start";
  const isEnded = word.at(-1) === "end";
  const inner = word.slice(isStarted ? 1 : 0, isEnded ? -1 : undefined);
  if (inner.includes("start") || inner.includes("end")) {
    throw new RegexRefused("an anchor stands in the middle", 0);
  }
  const pieces = inner.map((step) => (typeof step === "string" ? "*" : printSet(step)));
  const glob = `${isStarted ? "" : "*"}${pieces.join("")}${isEnded ? "" : "*"}`.replaceAll(/\*{2,}/g, "*");
  if (glob.length > maxGlobLength) throw new RegexRefused(`a pattern is longer than ${maxGlobLength} characters`, 0);
  if (inner.filter((step) => step === "gap").length > maxGaps) {
    throw new RegexRefused(`the expression has more than ${maxGaps} times .*`, 0);
  }
  return glob;
}

/** One character of a GLOB pattern: itself, `?`, or `[…]` with the fewest ranges. */
function printSet(set: CharacterSet): string {
  if (sizeOf(set) === sizeOf(anyCharacter)) return "?";
  if (sizeOf(set) === 1) return printCharacter(set[0]![0]);
  const others = complement(set);
  return others.length < set.length ? `[^${printRanges(others)}]` : `[${printRanges(set)}]`;
}

function printCharacter(code: number): string {
  const character = String.fromCodePoint(code);
  return character === "*" || character === "?" || character === "[" ? `[${character}]` : character;
}

/** `]` is a member only as the first, `-` only as the last, and `^` not as the first. */
function printRanges(set: CharacterSet): string {
  const has = (character: string): string => (hasCharacter(set, character.charCodeAt(0)) ? character : "");
  const plain = set.flatMap(withoutSpecial).map(([from, to]) => {
    const [low, high] = [String.fromCodePoint(from), String.fromCodePoint(to)];
    if (from === to) return low;
    return to === from + 1 ? `${low}${high}` : `${low}-${high}`;
  });
  const [caret, dash] = [has("^"), has("-")];
  const tail = plain.length === 0 && has("]") === "" ? `${dash}${caret}` : `${caret}${dash}`;
  return `${has("]")}${plain.join("")}${tail}`;
}

/** A range cut around `-`, `]` and `^`. */
function withoutSpecial([from, to]: readonly [number, number]): readonly (readonly [number, number])[] {
  const cuts = [45, 93, 94].filter((code) => code >= from && code <= to);
  const starts = [from, ...cuts.map((code) => code + 1)];
  const ends = [...cuts.map((code) => code - 1), to];
  return starts.map((start, index) => [start, ends[index]!] as const).filter(([start, end]) => start <= end);
}
