import { type Group, joined } from "./group.ts";
import type { Alert } from "./store.ts";

/** A repetition is recorded when the count has doubled, and otherwise this long after it was found. */
const MAX_HELD_MS = 60_000;

/** What was found again of an alert that stands, and is not counted in it yet. */
export interface Held {
  readonly id: string;
  readonly group: Group;
  readonly since: number;
}

/** A finding a second is an entry at 2, 4, 8, … findings and then one each minute, not 86,400 entries a day. */
export class Repetitions {
  readonly #held = new Map<string, Held>();

  /** When the group was found last, as far as that is not in its alert yet. */
  lastFoundAt(key: string): number {
    return this.#held.get(key)?.group.lastFoundAt ?? 0;
  }

  of(key: string): Held | undefined {
    return this.#held.get(key);
  }

  /** Takes a repetition; gives it back, with what was held before, when it is to be counted at once. */
  add(key: string, { id, lastRow, count }: Alert, group: Group, now: number): Held | undefined {
    const before = this.#held.get(key);
    // Rows that are judged again after a crash, or a window that has not moved.
    if (group.lastRow <= Math.max(lastRow, before?.group.lastRow ?? 0)) return undefined;
    const held = { id, group: joined(before?.group, group), since: before?.since ?? now };
    this.#held.set(key, held);
    return held.group.count >= count ? held : undefined;
  }

  /** Those that have waited long enough. */
  due(now: number): readonly (readonly [string, Held])[] {
    return [...this.#held].filter(([, { since }]) => Math.abs(now - since) >= MAX_HELD_MS);
  }

  all(): readonly (readonly [string, Held])[] {
    return [...this.#held];
  }

  counted(key: string): void {
    this.#held.delete(key);
  }
}
