import type { KernelError, KernelErrorCode } from "./errors.ts";

/** The code with which a call is refused; undefined when it is not. */
export function codeOf(run: () => unknown): KernelErrorCode | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as KernelError).code;
  }
}
