import { usage } from "./failure.ts";
import type { Given } from "./command.ts";

/** The argument at `index`; the parser has made sure that required ones are there. */
export function argument(given: Given, index: number): string {
  const value = given.arguments[index];
  if (value === undefined) throw usage("an argument is missing");
  return value;
}

export function isSet(given: Given, name: string): boolean {
  return given.options[name] === true;
}

export function textOption(given: Given, name: string): string | undefined {
  const value = given.options[name];
  return typeof value === "string" ? value : undefined;
}

export function textOptions(given: Given, name: string): readonly string[] {
  const value = given.options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** A whole number of at least `least`, in plain decimal digits. */
export function numberOption(given: Given, name: string, least: number): number | undefined {
  const text = textOption(given, name);
  if (text === undefined) return undefined;
  return wholeNumber(text, `--${name}`, least);
}

export function wholeNumber(text: string, shownName: string, least: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < least) {
    throw usage(`${shownName} takes a whole number of at least ${least}, not "${text}"`);
  }
  return value;
}

/** The object without the fields that are undefined, as exact optional types want it. */
export function compact<T extends object>(fields: T): Compact<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Compact<T>;
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
