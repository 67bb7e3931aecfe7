import { usage } from "../../failure.ts";

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A life such as `900s`, `30m`, `12h` or `7d` in seconds; a bare number would leave its unit to guessing. */
export function secondsOf(text: string): number {
  const [, digits, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (unitSeconds[unit ?? ""] ?? Number.NaN);
  if (!(seconds >= 1)) throw usage(`"${text}" is no time`, "write a number with s, m, h or d, such as 30m");
  return seconds;
}
