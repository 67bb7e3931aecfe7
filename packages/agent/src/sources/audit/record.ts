/** Kinds of records in <linux/audit.h> that the source reads. Other programs can only send kinds 1100 to 1199 and 2100 up. */
export const auditTypes = { syscall: 1300, cwd: 1307, execve: 1309, endOfEvent: 1320 } as const;

/** One line of the audit system. Several of one serial number make an event. */
export interface AuditRecord {
  readonly serial: number;
  readonly unixMs: number;
  /** Values as they stand there; `auditText` reads those that are texts. */
  readonly fields: ReadonlyMap<string, string>;
}

const LINE = /^audit\((\d{1,12})\.(\d{3}):(\d{1,10})\): ?(.*)$/s;
const FIELD = /([^\s=]+)=("[^"]*"|\S*)/g;
/** More than an EXECVE record has room for. */
const MAX_FIELDS = 8192;

/** Reads the text of a record; undefined when it is none. Never throws. */
export function parseRecord(text: string): AuditRecord | undefined {
  const line = LINE.exec(text);
  if (line === null) return undefined;
  const [, seconds = "", milliseconds = "", serial = "", rest = ""] = line;
  const fields = new Map<string, string>();
  for (const [, name = "", value = ""] of rest.matchAll(FIELD)) {
    // The first one counts: nothing behind it may replace what the kernel said.
    if (!fields.has(name)) fields.set(name, value);
    if (fields.size >= MAX_FIELDS) break;
  }
  return { serial: Number(serial), unixMs: Number(seconds) * 1000 + Number(milliseconds), fields };
}

/** Text of a value: quoted, or in hex where it holds blanks, quotes or control characters; undefined for (null). */
export function auditText(value: string | undefined): string | undefined {
  return auditBytes(value)?.toString("utf8");
}

/** The same as bytes: a long argument is broken up anywhere. */
export function auditBytes(value: string | undefined): Buffer | undefined {
  if (value === undefined || value.startsWith("(")) return undefined;
  if (value.startsWith('"')) return Buffer.from(value.slice(1, -1), "utf8");
  return /^([0-9A-F]{2})*$/.test(value) ? Buffer.from(value, "hex") : undefined;
}

/** A number of a record, decimal or in hex; undefined when it is none. */
export function auditNumber(value: string | undefined, radix: 10 | 16 = 10): number | undefined {
  const isNumber = value !== undefined && (radix === 10 ? /^-?\d{1,15}$/ : /^[0-9a-f]{1,16}$/).test(value);
  return isNumber ? Number.parseInt(value, radix) : undefined;
}
