let from = 0;
let until = 0;
let month = "";

/** The UTC month of a time as `yyyy-mm`; the same month is not formatted twice in a row. */
export function monthOf(now: number): string {
  if (now >= from && now < until) return month;
  const date = new Date(now);
  from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  until = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  month = date.toISOString().slice(0, 7);
  return month;
}
