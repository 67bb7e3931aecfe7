import { fstatSync, readSync } from "node:fs";
import { errnoOf, usage } from "../failure.ts";
import { isTerminal as isTerminalAt } from "./is-terminal.ts";

/** Where a command reads from. */
export interface Input {
  readonly isTerminal: boolean;
  /** Whether something was piped or redirected in on purpose: a pipe, a socket or a file, not a terminal or /dev/null. */
  readonly isPiped: boolean;
  /** All of standard input, bounded. */
  readAll(maxBytes: number): Promise<Buffer>;
  /** A line typed without showing it. */
  readHidden(question: string): Promise<string>;
}

export function processInput(): Input {
  const isTerminal = isTerminalAt(0);
  return {
    isTerminal,
    isPiped: !isTerminal && isPiped(),
    readAll: (maxBytes) => Promise.resolve(readAll(0, maxBytes)),
    readHidden: async (question) => (await import("./prompt.ts")).readHidden(question),
  };
}

function isPiped(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}

const pieceBytes = 64 * 1024;
const pauseMs = 5;

/** Reads to the end, or refuses when there is more than `maxBytes`. */
export function readAll(descriptor: number, maxBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let total = 0;
  for (;;) {
    const piece = readPiece(descriptor);
    if (piece === undefined) continue;
    if (piece.length === 0) return Buffer.concat(pieces);
    total += piece.length;
    if (total > maxBytes) throw usage(`the value is too long: ${maxBytes} bytes are the most`);
    pieces.push(piece);
  }
}

/** The next piece, empty at the end, undefined when none has come yet. */
function readPiece(descriptor: number): Buffer | undefined {
  const piece = Buffer.allocUnsafe(pieceBytes);
  try {
    return piece.subarray(0, readSync(descriptor, piece));
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EOF") return piece.subarray(0, 0);
    if (code !== "EAGAIN") throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    return undefined;
  }
}
