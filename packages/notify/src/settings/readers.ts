import { complain, type Reader } from "./fields.ts";
import { nearMiss } from "./near-miss.ts";

const LONGEST_TEXT = 4_096;

/** Text of a form. */
export function text(form: RegExp, what: string): Reader<string> {
  return (value, place) =>
    typeof value === "string" && value.length <= LONGEST_TEXT && form.test(value)
      ? value
      : complain(place, `must be ${what}`);
}

/** A path of a file: absolute, so that it means the same wherever the program was started. */
export const filePath: Reader<string> = text(/^\/[^\0]+$/, "the absolute path of a file");

/** A host by name or address. */
export const hostName: Reader<string> = text(
  /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?|[0-9A-Fa-f:.]{2,45})$/,
  "a host name or an address",
);

/** A whole number in a range. */
export function whole(least: number, most: number): Reader<number> {
  return (value, place) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most
      ? value
      : complain(place, `must be a whole number from ${least} to ${most}`);
}

/** A number of seconds in a range, in milliseconds. */
export function seconds(least: number, most: number): Reader<number> {
  return (value, place) =>
    typeof value === "number" && value >= least && value <= most
      ? Math.round(value * 1_000)
      : complain(place, `must be a number of seconds from ${least} to ${most}`);
}

export const flag: Reader<boolean> = (value, place) =>
  typeof value === "boolean" ? value : complain(place, "must be true or false");

/** One of some words; a near miss is named, and never taken for it. */
export function oneOf<T extends string>(words: readonly T[], meanings: Readonly<Record<string, T>> = {}): Reader<T> {
  return (value, place) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const meant = typeof value === "string" ? (meanings[value.toLowerCase()] ?? nearMiss(value, words)) : undefined;
    const question = meant === undefined ? "" : `; did you mean ${meant}?`;
    return complain(place, `must be one of ${words.join(", ")}${question}`);
  };
}

/** A list, never empty: an empty one would mean nothing, or everything, and nobody knows which. */
export function listOf<T>(reader: Reader<T>, most: number): Reader<readonly T[]> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > most) {
      return complain(place, `must be a list of 1 to ${most}`);
    }
    const items = value.map((item, index) => reader(item, { ...place, path: `${place.path}[${index}]` }));
    const sound = items.filter((item) => item !== undefined);
    return sound.length === items.length ? sound : undefined;
  };
}
