import { type Severity, severities } from "../notification.ts";

/** Short names of the days of the week, as they are written in settings. */
export const dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export type Day = (typeof dayNames)[number];

/** Hours in which only some severities are told; the others wait. */
export interface QuietHours {
  /** IANA name of a time zone. */
  readonly zone: string;
  /** Days on which the hours begin. */
  readonly days: readonly Day[];
  /** Minutes since midnight on the wall there. `to` at or before `from` is on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Severities that are told all the same. */
  readonly passes: readonly Severity[];
}

/** The severities that may be told now. */
export function audibleSeverities(quietHours: readonly QuietHours[], wallMs: number): readonly Severity[] {
  const quiet = quietHours.filter((hours) => isQuiet(hours, wallMs));
  return severities.filter((severity) => quiet.every(({ passes }) => passes.includes(severity)));
}

/** Whether the hours have begun and not ended: by the wall's clock there, so that they are right when it is put forward or back. */
export function isQuiet({ zone, days, fromMinute, toMinute }: QuietHours, wallMs: number): boolean {
  const { day, minute } = onTheWall(zone, wallMs);
  const begunToday = days.includes(dayNames[day]!) && minute >= fromMinute;
  if (fromMinute < toMinute) return begunToday && minute < toMinute;
  const begunYesterday = days.includes(dayNames[(day + 6) % 7]!) && minute < toMinute;
  return begunToday || begunYesterday;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function onTheWall(zone: string, wallMs: number): { readonly day: number; readonly minute: number } {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format); // as many as settings name
  }
  const parts = Object.fromEntries(format.formatToParts(wallMs).map(({ type, value }) => [type, value]));
  const day = dayNames.indexOf(String(parts["weekday"]).toLowerCase() as Day);
  return { day, minute: Number(parts["hour"]) * 60 + Number(parts["minute"]) };
}
