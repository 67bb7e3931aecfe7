import { changedState, decodeState, encodeState, newState, type RuleState } from "./rule-state.ts";
import { fingerprintOf, type ScheduledRule } from "./scheduled-rule.ts";

/** Where values are kept under names, with the rows that they speak of: what is lost of one is lost of the other. */
export interface Memory {
  recall(name: string): string | undefined;
  /** All of them or none. */
  remember(values: Readonly<Record<string, string>>): void;
}

const FLOOR = "detect.floor";
const nameOf = (id: string): string => `detect.rule.${id}`;
const resultNameOf = (id: string): string => `detect.result.${id}`;

/**
 * How far each rule is. Rules that have judged everything share one number, the floor, so that a thousand of them cost one
 * value a tick. It is written after what was found was recorded: a crash in between has rows judged again, never left out.
 */
export class RuleMemory {
  readonly #memory: Memory;
  readonly #states = new Map<string, RuleState>();
  readonly #unsaved = new Map<string, string>();
  #floor: number;

  /** `head` is the newest number there is: rules that are not known yet begin there. */
  constructor(memory: Memory, head: number) {
    this.#memory = memory;
    this.#floor = Math.min(numberIn(memory.recall(FLOOR)) ?? head, head);
  }

  /** What is known of a rule; one that is new begins at `head`. */
  stateOf(rule: ScheduledRule, head: number): RuleState {
    const fingerprint = fingerprintOf(rule);
    const known = this.#states.get(rule.id) ?? this.#recall(rule.id, head);
    if (known?.fingerprint === fingerprint) return known;
    const state = known === undefined ? newState(fingerprint, head) : changedState(known, fingerprint);
    this.put(rule.id, state);
    return state;
  }

  /** Rows up to here are judged by the rule of this state. */
  watermarkOf(state: RuleState): number {
    return state.watermark ?? this.#floor;
  }

  put(id: string, state: RuleState): void {
    const text = encodeState(state);
    const before = this.#states.get(id);
    this.#states.set(id, state);
    if (before === undefined || encodeState(before) !== text) this.#unsaved.set(nameOf(id), text);
  }

  /** Every rule without a watermark of its own has judged everything up to here. */
  raiseFloor(head: number): void {
    this.#floor = head;
    this.#unsaved.set(FLOOR, String(head));
  }

  /** Rows of the last result of a differential query; undefined when there is none. */
  resultOf(id: string): string | undefined {
    return this.#unsaved.get(resultNameOf(id)) ?? this.#memory.recall(resultNameOf(id));
  }

  putResult(id: string, text: string): void {
    if (this.resultOf(id) !== text) this.#unsaved.set(resultNameOf(id), text);
  }

  /** Writes what changed; when that fails it is written the next time. */
  save(): void {
    if (this.#unsaved.size === 0) return;
    const saved = new Map(this.#unsaved);
    this.#memory.remember(Object.fromEntries(saved));
    // Writing may show that the memory is lost: what `rewrite` then asked for is still to be written.
    for (const [name, text] of saved) if (this.#unsaved.get(name) === text) this.#unsaved.delete(name);
  }

  /** Everything is to be written anew: the memory was lost while this was running. */
  rewrite(): void {
    for (const [id, state] of this.#states) this.#unsaved.set(nameOf(id), encodeState(state));
    this.#unsaved.set(FLOOR, String(this.#floor));
  }

  #recall(id: string, head: number): RuleState | undefined {
    const text = this.#memory.recall(nameOf(id));
    const state = text === undefined ? undefined : decodeState(text);
    if (state === undefined) return undefined;
    // Numbers never go back; if they did all the same, rows would be passed over that were never seen.
    const recalled = state.watermark === undefined ? state : { ...state, watermark: Math.min(state.watermark, head) };
    this.#states.set(id, recalled);
    return recalled;
  }
}

function numberIn(text: string | undefined): number | undefined {
  const number = Number(text ?? Number.NaN);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
