import { readFileSync, statSync } from "node:fs";

const OTHERS = 0o077;

/** What a file says that holds a secret, or why it is not to be used. */
export type PrivateText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: "open to others" | "missing or unreadable"; readonly cause?: unknown };

/** Reads a secret from its file, without a final line end; one that other users can read is no secret. */
export function readPrivateFile(path: string): PrivateText {
  try {
    if ((statSync(path).mode & OTHERS) !== 0) return { ok: false, problem: "open to others" };
    return { ok: true, text: readFileSync(path, "utf8").replace(/\r?\n$/, "") };
  } catch (cause) {
    return { ok: false, problem: "missing or unreadable", cause };
  }
}
