import { createRequire } from "node:module";

/** The two calls of koffi that the CLI makes; koffi itself is loaded late, because it costs milliseconds. */
export interface Native {
  load(library: null): { func(prototype: string): (...values: unknown[]) => unknown };
}

const require = createRequire(import.meta.url);

/**
 * Loads koffi. Its JavaScript entry looks for the right binary for 6 ms; asking for the prebuilt file takes 1 ms,
 * so that is tried first, and the entry is the way out on other systems (musl, unusual layouts).
 */
export function loadNative(): Native {
  try {
    return require(`@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`) as Native;
  } catch {
    return require("koffi") as Native;
  }
}
