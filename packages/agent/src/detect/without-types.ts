import { stripTypeScriptTypes } from "node:module";

/**
 * TypeScript as JavaScript, position by position. Node calls the function experimental, and says so on stderr of whoever
 * calls it first; Holdfast names the exact Node that it runs on, so nobody has to be told.
 */
export function withoutTypes(code: string): string {
  const emitWarning = Object.getOwnPropertyDescriptor(process, "emitWarning")!;
  Object.defineProperty(process, "emitWarning", { ...emitWarning, value: () => {} });
  try {
    return stripTypeScriptTypes(code);
  } finally {
    Object.defineProperty(process, "emitWarning", emitWarning);
  }
}
