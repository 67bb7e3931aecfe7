const unitSeconds: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3_600],
  ["d", 86_400],
]);

/** Seconds of `30s`, `5m`, `2h` or `1d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9][0-9]{0,6})([smhd])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * unitSeconds.get(match[2]!)!;
}

/** `90s` or `2h`: the largest unit that gives a whole number. */
export function formatDuration(seconds: number): string {
  const [unit, size] = [...unitSeconds].toReversed().find(([, size]) => seconds % size === 0)!;
  return `${seconds / size}${unit}`;
}
