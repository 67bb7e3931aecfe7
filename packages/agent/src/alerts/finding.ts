import { dedupKeyOf } from "./dedup-key.ts";
import type { Severity } from "@holdfast/rules";
import { storedText } from "./stored-text.ts";

/** A value of a row, as SQLite gives it. */
export type Cell = string | number | null;

/** What an alert has to know of the rule that found something. */
export interface FoundBy {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly description: string;
  readonly falsePositives: readonly string[];
  readonly attack: readonly string[];
  /** Columns that tell findings apart. */
  readonly dedup: readonly string[];
}

/** One row that a rule found; everything in it is bounded, and secrets in it were masked when it was collected. */
export interface Finding {
  readonly rule: FoundBy;
  readonly dedupKey: string;
  readonly summary: string;
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly foundAt: number;
  /** Number of the newest change that it rests on: a row is judged again after a crash, and then says the same. */
  readonly row: number;
  readonly details: Readonly<Record<string, Cell>>;
  /** What is known of the row's process beside its columns; asked for once an alert is made of it, and no part of its key. */
  readonly context: () => Context;
}

/** What the agent adds to a row that a rule found. */
export interface Context {
  readonly columns: Readonly<Record<string, Cell>>;
  /** The finding in one line, with these columns in it. */
  readonly summary: string;
}

/** Where and when a row was found. */
export interface FoundAt {
  readonly host: string;
  readonly foundAt: number;
  /** For a row without a number of its own: up to which change the rule looked. */
  readonly upTo: number;
  /** Columns that the row has not, as far as something is known of its process. */
  readonly context?: () => Readonly<Record<string, Cell>>;
}

const MAX_COLUMNS = 64;
const MAX_COLUMN_NAME = 128;
const MAX_VALUE = 2048;
const MAX_DETAILS = 16_384;
const MAX_SUMMARY = 1024;
const MAX_LISTED = 64;
const MAX_NOTES = 8192;

/** What a rule found, ready to be raised. */
export function findingOf(rule: FoundBy, row: Readonly<Record<string, Cell>>, at: FoundAt): Finding {
  const { host, foundAt, upTo, context = () => ({}) } = at;
  const seq = row["seq"];
  return {
    rule: boundedRule(rule),
    dedupKey: dedupKeyOf(rule.dedup, row),
    summary: summaryOf(row),
    host,
    foundAt,
    row: typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 ? seq : upTo,
    details: boundedDetails(row),
    context() {
      const columns = boundedDetails(context());
      return { columns, summary: summaryWith(row, columns) };
    },
  };
}

function boundedRule(rule: FoundBy): FoundBy {
  return {
    ...rule,
    title: storedText(rule.title, 256),
    description: storedText(rule.description, 4096),
    falsePositives: boundedNotes(rule.falsePositives),
    attack: rule.attack.slice(0, MAX_LISTED).map((text) => storedText(text, 32)),
  };
}

/** They stand in every alert of the rule. */
function boundedNotes(notes: readonly string[]): readonly string[] {
  const bounded = notes.slice(0, MAX_LISTED).map((text) => storedText(text, 1024));
  let length = 0;
  return bounded.filter((text) => (length += text.length) <= MAX_NOTES);
}

function boundedDetails(row: Readonly<Record<string, Cell>>): Readonly<Record<string, Cell>> {
  const details: Record<string, Cell> = {};
  let length = 0;
  for (const [column, value] of Object.entries(row).slice(0, MAX_COLUMNS)) {
    const name = storedText(column, MAX_COLUMN_NAME);
    const bounded = typeof value === "string" ? storedText(value, MAX_VALUE) : finite(value);
    length += name.length + String(bounded).length;
    if (length > MAX_DETAILS) break;
    if (name !== "" && name !== "__proto__") details[name] = bounded;
  }
  return details;
}

/** JSON has no infinities. */
const finite = (value: number | null): Cell => (value === null || Number.isFinite(value) ? value : String(value));

/** A line for people: what ran or changed, whose it is, and what started it; else the columns as they are. */
function summaryOf(row: Readonly<Record<string, Cell>>): string {
  const text = (column: string) => (row[column] === null ? "" : String(row[column] ?? ""));
  const what = text("cmdline") || text("target_path") || text("path") || text("name");
  if (what === "") return storedText(columnsOf(row), MAX_SUMMARY);
  const parts = [what, part("by ", text("username")), part("started by ", text("parent_name"))];
  return storedText(parts.filter((one) => one !== "").join(", "), MAX_SUMMARY);
}

/** What the rule selected leads; what is known of the process says who it was. */
function summaryWith(row: Readonly<Record<string, Cell>>, context: Readonly<Record<string, Cell>>): string {
  const own = summaryOf(row);
  if (Object.keys(context).length === 0) return own;
  const whole = summaryOf({ ...context, ...row });
  const isNamed = ["cmdline", "target_path", "path", "name"].some((column) => (row[column] ?? "") !== "");
  return isNamed ? whole : storedText(`${columnsOf(row)}: ${whole}`, MAX_SUMMARY);
}

const part = (words: string, value: string) => (value === "" ? "" : words + value);

function columnsOf(row: Readonly<Record<string, Cell>>): string {
  const shown = Object.entries(row).filter(([column, value]) => column !== "seq" && value !== "");
  return shown.map(([column, value]) => `${column}=${String(value)}`).join(" ") || "a row was found";
}
