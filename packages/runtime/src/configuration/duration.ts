const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const units = ["d", "h", "m", "s"] as const;

/** Seconds of a text such as `30s`, `5m` or `1h30m`, larger units first; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(text.trim());
  if (match === null || match[0] === "") return undefined;
  const seconds = units.reduce((sum, unit, index) => sum + Number(match[index + 1] ?? 0) * unitSeconds[unit]!, 0);
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** Whole seconds in the form that `parseDuration` reads. */
export function printDuration(seconds: number): string {
  let rest = seconds;
  let text = "";
  for (const unit of units) {
    const count = Math.floor(rest / unitSeconds[unit]!);
    if (count > 0) text += `${count}${unit}`;
    rest %= unitSeconds[unit]!;
  }
  return text === "" ? "0s" : text;
}
