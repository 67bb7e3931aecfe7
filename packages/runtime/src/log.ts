import { type Logger, StorageFault } from "@holdfast/engine";
import { isatty } from "node:tty";
import { pino } from "pino";
import { colours, logLine, type LogRecord, noColours } from "./log-line.ts";

/** A log that can be told, while it is written, how much to say. */
export interface LevelledLogger extends Logger {
  level: string;
}

/** How lines of the log look: `auto` is text on a terminal and JSON elsewhere. */
export const logFormats = ["auto", "json", "text"] as const;

/** How lines of the log look. */
export type LogFormat = (typeof logFormats)[number];

/** What is logged, and how. */
export interface LogOptions {
  readonly level: string;
  readonly format: LogFormat;
  /** Who says it, where people read: server and agent may write to one terminal. */
  readonly name: string;
}

/**
 * Lines on standard error, JSON unless a person reads them. Redaction is by construction: code logs ids and codes, and error objects are reduced
 * to type, code and stack, because a message may quote what a client sent.
 */
export function createLog({ level, format, name }: LogOptions): LevelledLogger {
  const destination = pino.destination({ dest: 2, sync: true });

  return pino(
    {
      level,
      base: { service: "holdfast" },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: { paths: ["token", "value", "authorization", "*.token", "*.value", "*.authorization"], remove: true },
    },
    isText(format) ? { write: textWriter(name, (line) => destination.write(line)) } : destination,
  );
}

const isText = (format: LogFormat): boolean => format === "text" || (format === "auto" && isatty(2));

/** What was redacted and serialized for the JSON is what people are shown. */
function textWriter(name: string, write: (line: string) => void): (json: string) => void {
  const isPlain = !isatty(2) || Boolean(process.env["NO_COLOR"]) || process.env["TERM"] === "dumb";
  return (json) => write(logLine(JSON.parse(json) as LogRecord, name, isPlain ? noColours : colours));
}

function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const stack = error.stack
    ?.split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 12);
  const code = "code" in error ? error.code : undefined;
  // The storage's own sentences name tables and rows by id, which is what an operator needs, and quote no client.
  const message = error instanceof StorageFault ? error.message : undefined;
  const cause = error.cause instanceof Error ? describeError(error.cause) : undefined;
  return { type: error.name, code, message, stack, cause };
}
