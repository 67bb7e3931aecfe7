import { fstatSync } from "node:fs";
import { createRequire } from "node:module";

interface Tty {
  isatty(descriptor: number): boolean;
}

const require = createRequire(import.meta.url);

/** Whether a descriptor is a terminal. Only a character device can be one, so that node:tty (1.4 ms) is seldom loaded. */
export function isTerminal(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (require("node:tty") as Tty).isatty(descriptor);
}
