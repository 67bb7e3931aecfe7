import { type CharacterSet, anyCharacter, hasCharacter } from "./character-set.ts";
import { type Regex, RegexRefused } from "./parse-regex.ts";

/** One step of a word: a character of a set, any text, the beginning or the end of the text. */
export type Step = CharacterSet | "gap" | "start" | "end";

export interface Edge {
  readonly from: number;
  /** Undefined: nothing is read. */
  readonly step?: Step;
  readonly to: number;
}

/** A graph of states; its words are the steps along the ways from a first to a last state. */
export interface Automaton {
  readonly edges: readonly Edge[];
  readonly states: number;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const maxStates = 2_000;
/** States and edges looked at while sets of them are made: an expression must not cost more than it is worth (ATTACKS 33). */
const maxWork = 300_000;

/** The automaton of an expression, in which `.*` is one step and every other repeat is written out (Thompson). */
export function automatonOf(regex: Regex): Automaton {
  const builder = new Builder();
  const first = builder.state();
  const last = builder.build(regex, first);
  return { edges: builder.edges, states: builder.states, first: [first], last: [last] };
}

class Builder {
  readonly edges: Edge[] = [];
  states = 0;

  state(): number {
    if (this.states >= maxStates) throw new RegexRefused(`the expression has more than ${maxStates} states`, 0);
    this.states += 1;
    return this.states - 1;
  }

  /** Adds what the expression reads from a state on, and gives the state behind it. */
  build(regex: Regex, from: number): number {
    switch (regex.kind) {
      case "characters":
        return this.#step(from, regex.set);
      case "start":
      case "end":
        return this.#step(from, regex.kind);
      case "sequence":
        return regex.parts.reduce((state, part) => this.build(part, state), from);
      case "choice":
        return this.#join(regex.options.map((option) => this.build(option, from)));
      case "repeat":
        return this.#repeat(regex.part, regex.least, regex.most, from);
    }
  }

  #step(from: number, step: Step): number {
    const to = this.state();
    this.edges.push({ from, step, to });
    return to;
  }

  #join(ends: readonly number[]): number {
    const to = this.state();
    for (const from of ends) this.edges.push({ from, to });
    return to;
  }

  #repeat(part: Regex, least: number, most: number, from: number): number {
    let state = from;
    for (let times = 0; times < least; times += 1) state = this.build(part, state);
    if (most === Infinity) return isAnyCharacter(part) ? this.#step(state, "gap") : this.#loop(part, state);
    const ends = [state];
    for (let times = least; times < most; times += 1) {
      state = this.build(part, state);
      ends.push(state);
    }
    return this.#join(ends);
  }

  #loop(part: Regex, from: number): number {
    const entry = this.#join([from]);
    this.edges.push({ from: this.build(part, entry), to: entry });
    return this.#join([entry]);
  }
}

function isAnyCharacter(regex: Regex): boolean {
  return regex.kind === "characters" && regex.set === anyCharacter;
}

/** The same words, backwards. */
export function reversed({ edges, states, first, last }: Automaton): Automaton {
  return { edges: edges.map((edge) => ({ ...edge, from: edge.to, to: edge.from })), states, first: last, last: first };
}

/**
 * One way at most for each word, and none beyond a word that is there already: whoever looks for a text that contains
 * a word of the automaton has found it by then.
 */
export function shortest(automaton: Automaton): Automaton {
  const sets = new StateSets(automaton);
  const alphabet = alphabetOf(automaton.edges);
  const edges: Edge[] = [];
  const first = sets.numberOf(automaton.first);
  for (let from = 0; from < sets.count; from += 1) {
    if (sets.last.has(from)) continue;
    for (const step of alphabet) {
      const targets = sets.targets(from, step);
      if (targets.length > 0) edges.push({ from, step, to: sets.numberOf(targets) });
    }
  }
  return { edges, states: sets.count, first: [first], last: [...sets.last] };
}

/** Sets of states that a text can have led to, each with a number. */
class StateSets {
  /** Numbers of the sets that hold an end. */
  readonly last = new Set<number>();
  readonly #outgoing: ReadonlyMap<number, readonly Edge[]>;
  readonly #ends: ReadonlySet<number>;
  readonly #numbers = new Map<string, number>();
  readonly #sets: (readonly number[])[] = [];
  #work = 0;

  constructor(automaton: Automaton) {
    this.#outgoing = Map.groupBy(automaton.edges, (edge) => edge.from);
    this.#ends = new Set(automaton.last);
  }

  get count(): number {
    return this.#sets.length;
  }

  /** The number of the set of these states and those that follow from them without reading. */
  numberOf(states: readonly number[]): number {
    const set = this.#closure(states);
    const isLast = set.some((state) => this.#ends.has(state));
    // All words end alike: one state for all sets that hold an end.
    const key = isLast ? "end" : set.join();
    const found = this.#numbers.get(key);
    if (found !== undefined) return found;
    if (this.count >= maxStates) throw new RegexRefused(`the expression has more than ${maxStates} states`, 0);
    this.#numbers.set(key, this.count);
    if (isLast) this.last.add(this.count);
    this.#sets.push(set);
    return this.count - 1;
  }

  targets(number: number, step: Step): readonly number[] {
    return this.#sets[number]!.flatMap((state) => {
      const edges = this.#edgesOf(state);
      return edges.filter((edge) => edge.step !== undefined && reads(edge.step, step)).map((edge) => edge.to);
    });
  }

  #closure(states: readonly number[]): readonly number[] {
    const reached = new Set(states);
    for (const state of reached) {
      for (const edge of this.#edgesOf(state)) if (edge.step === undefined) reached.add(edge.to);
    }
    return [...reached].toSorted((a, b) => a - b);
  }

  #edgesOf(state: number): readonly Edge[] {
    const edges = this.#outgoing.get(state) ?? [];
    this.#work += 1 + edges.length;
    if (this.#work > maxWork) throw new RegexRefused("the expression is too complex", 0);
    return edges;
  }
}

function reads(edge: Step, step: Step): boolean {
  if (typeof edge === "string" || typeof step === "string") return edge === step;
  return hasCharacter(edge, step[0]![0]);
}

/** The steps of the edges, cut so that two of them are the same or have no character in common. */
function alphabetOf(edges: readonly Edge[]): readonly Step[] {
  const steps = edges.flatMap((edge) => (edge.step === undefined ? [] : [edge.step]));
  const words = [...new Set(steps.filter((step) => typeof step === "string"))];
  const sets = steps.filter((step) => typeof step !== "string");
  const cuts = new Set(sets.flat().flatMap(([from, to]) => [from, to + 1]));
  const points = [...cuts].toSorted((a, b) => a - b);
  const pieces = points.slice(0, -1).map((from, index): CharacterSet => [[from, points[index + 1]! - 1]]);
  return [...words, ...pieces.filter(([piece]) => sets.some((set) => hasCharacter(set, piece![0])))];
}
