import { type Logger, StorageFault } from "@holdfast/engine";
import { pino } from "pino";

/** A log that can be told, while it is written, how much to say. */
export interface LevelledLogger extends Logger {
  level: string;
}

/**
 * JSON lines on standard error. Redaction is by construction: code logs ids and codes, and error objects are reduced
 * to type, code and stack, because a message may quote what a client sent.
 */
export function createLog(level: string): LevelledLogger {
  return pino(
    {
      level,
      base: { service: "holdfast" },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: { paths: ["token", "value", "authorization", "*.token", "*.value", "*.authorization"], remove: true },
    },
    pino.destination({ dest: 2, sync: true }),
  );
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
