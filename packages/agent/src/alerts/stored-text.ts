/** Text of a host as it may be stored and shown: well-formed, without U+0000, and no longer than its place. */
export function storedText(text: string, maxLength: number): string {
  const whole = text.replaceAll("\u0000", "\u2400").toWellFormed();
  // A surrogate pair that is cut in two is no text: the half goes as well.
  return whole.length <= maxLength ? whole : `${whole.slice(0, maxLength - 1)}…`.replace(/[\ud800-\udbff]\u2026$/, "…");
}
