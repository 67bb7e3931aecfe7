import { nearMiss } from "./near-miss.ts";

/** What is wrong with a setting, and where. The value is never repeated: it may be a secret in the wrong place. */
export interface SettingsIssue {
  /** Such as `sinks[0].quietHours[1].zone`. */
  readonly path: string;
  readonly message: string;
}

/** Where a value stands, and where to say what is wrong with it. */
export interface Place {
  readonly path: string;
  readonly issues: SettingsIssue[];
}

/** Reads a value, or says what is wrong with it and returns undefined. */
export type Reader<T> = (value: unknown, place: Place) => T | undefined;

/** Says what is wrong at a place. */
export function complain({ path, issues }: Place, message: string): undefined {
  issues.push({ path, message });
  return undefined;
}

/** An object of settings: what is read of it is known, everything else is refused by name. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #place: Place;
  readonly #known = new Set<string>();

  private constructor(values: ReadonlyMap<string, unknown>, place: Place) {
    this.#values = values;
    this.#place = place;
  }

  static of(value: unknown, place: Place): Fields | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return complain(place, "must be an object");
    const given = Object.entries(value).filter(([, one]) => one !== undefined);
    return new Fields(new Map(given), place);
  }

  /** The field, read; undefined when it is not there, or wrong. */
  take<T>(name: string, reader: Reader<T>): T | undefined {
    this.#known.add(name);
    const value = this.#values.get(name);
    return value === undefined ? undefined : reader(value, this.at(name));
  }

  /** The field, read; one that is not there is wrong. */
  need<T>(name: string, reader: Reader<T>): T | undefined {
    const value = this.take(name, reader);
    if (!this.has(name)) complain(this.at(name), "is missing");
    return value;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  at(name: string): Place {
    return { path: this.#place.path === "" ? name : `${this.#place.path}.${name}`, issues: this.#place.issues };
  }

  /** Refuses what was not asked for: a setting that is misspelt is one that does not hold. */
  close(): void {
    for (const name of this.#values.keys()) {
      if (this.#known.has(name)) continue;
      const meant = nearMiss(name, [...this.#known]);
      complain(this.at(name.slice(0, 64)), `is not known${meant === undefined ? "" : `; did you mean ${meant}?`}`);
    }
  }
}
