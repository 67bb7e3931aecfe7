import { writeSync } from "node:fs";
import { errnoOf } from "../failure.ts";
import { isTerminal as isTerminalAt } from "./is-terminal.ts";
import { type Style, styleOf } from "./style.ts";

/** Where a command writes: results to `out`, everything said about them to `err`. */
export interface Output {
  readonly isTerminal: boolean;
  readonly style: Style;
  readonly errorStyle: Style;
  readonly isErrorTerminal: boolean;
  /** How wide the terminal is that results go to; undefined when they go elsewhere. */
  readonly columns: () => number | undefined;
  readonly out: (piece: string | Uint8Array) => void;
  readonly err: (text: string) => void;
}

/**
 * The process's own output. It writes by descriptor: creating process.stdout costs a millisecond, and a write that
 * returns has been taken, so that no exit can cut it off.
 */
export function processOutput(env: Readonly<NodeJS.ProcessEnv>): Output {
  const isTerminal = isTerminalAt(1);
  const isErrorTerminal = isTerminalAt(2);
  return {
    isTerminal,
    isErrorTerminal,
    style: styleOf(env, isTerminal),
    errorStyle: styleOf(env, isErrorTerminal),
    // A terminal that does not know its size says 0.
    columns: () => (isTerminal ? process.stdout.columns || undefined : undefined),
    out: (piece) => writeAll(1, piece),
    err: (text) => writeAll(2, text),
  };
}

const pauseMs = 5;

function writeAll(descriptor: number, piece: string | Uint8Array): void {
  let rest = typeof piece === "string" ? Buffer.from(piece, "utf8") : piece;
  while (rest.length > 0) rest = rest.subarray(writeSome(descriptor, rest));
}

/** A reader that has gone away (`holdfast ls | head -1`) is no error: the rest is dropped. */
function writeSome(descriptor: number, bytes: Uint8Array): number {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EPIPE") return bytes.length;
    if (code !== "EAGAIN") throw error;
    // The pipe was made non-blocking by somebody else and is full.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    return 0;
  }
}
