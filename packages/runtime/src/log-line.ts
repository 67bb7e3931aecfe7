import { printable } from "@holdfast/kernel/printable";

/** A record of the log, as its JSON line holds it. */
export type LogRecord = Readonly<Record<string, unknown>>;

/** What opens and closes the colour of a level; nothing where there are no colours. */
export interface LogColours {
  readonly warn: string;
  readonly error: string;
  readonly end: string;
}

/** For whoever wants no colours. */
export const noColours: LogColours = { warn: "", error: "", end: "" };
/** Yellow for what somebody should know, red for what failed. */
export const colours: LogColours = { warn: "\u001b[33m", error: "\u001b[31m", end: "\u001b[39m" };

/** Of pino. */
const LEVELS: readonly (readonly [least: number, word: string])[] = [
  [50, "error"],
  [40, "warn"],
  [30, "info"],
  [0, "debug"],
];
const OWN = new Set(["level", "time", "msg", "service"]);
const MAX_FIELDS = 6;
const MAX_VALUE = 120;
/** One line for people: time, level, who says it, sentence, and the first fields; stacks stay in the JSON. */
export function logLine(record: LogRecord, name: string, colour: LogColours): string {
  const level = LEVELS.find(([least]) => Number(record["level"]) >= least)?.[1] ?? "debug";
  const opening = level === "error" ? colour.error : level === "warn" ? colour.warn : "";
  const time = /T([\d:]{8})/.exec(textOf(record["time"]))?.[1] ?? "";
  const fields = Object.entries(record).filter(([field, value]) => !OWN.has(field) && value !== undefined);
  const shown = fields.slice(0, MAX_FIELDS).map(([field, value]) => `${field}=${shownValue(value)}`);
  const more = fields.length > MAX_FIELDS ? ["…"] : [];
  const head = `${time}Z ${opening}${level.padEnd(5)}${opening === "" ? "" : colour.end} ${name}`;
  return `${[head, printable(textOf(record["msg"])), ...shown, ...more].join("  ")}\n`;
}

/** A word as it is, a text in quotes, and lists and maps as JSON. */
function shownValue(value: unknown): string {
  const isText = typeof value === "string" || isError(value);
  const escaped = printable(cut(isError(value) ? errorText(value) : textOf(value)));
  return !isText || /^[^\s"=]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('"', '\\"')}"`;
}

const cut = (text: string): string =>
  text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE - 1).replace(/[\ud800-\udbff]$/, "")}…`;

const textOf = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

const isError = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && "type" in value && "stack" in value;

/** Its kind and code, and what the log may say of it. */
function errorText({ type, code, message }: Readonly<Record<string, unknown>>): string {
  const kind = [textOf(type), ...(code === undefined ? [] : [`(${textOf(code)})`])].join(" ");
  return message === undefined ? kind : `${kind}: ${textOf(message)}`;
}
