import { asNotifyError, NotifyError, type NotifyErrorCode } from "../errors.ts";

/**
 * Runs a step that must end: after `ms` with the code, and when the caller calls it off with the caller's reason. The
 * step's own signal is aborted then, and it is not waited for: one that hangs does not hang its caller (ATTACKS 24).
 */
export async function within<T>(
  ms: number,
  signal: AbortSignal,
  timeout: { readonly code: NotifyErrorCode; readonly message: string },
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = (reason: NotifyError) => {
    reject(reason);
    controller.abort(reason);
  };
  const callOff = () => end(reasonOf(signal));
  const timer = setTimeout(() => end(new NotifyError(timeout.code, timeout.message)), ms);
  signal.addEventListener("abort", callOff, { once: true });
  if (signal.aborted) callOff();
  try {
    return await Promise.race([ended, step(controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", callOff);
  }
}

/** Why a signal was aborted, as an error of this package. */
export function reasonOf(signal: AbortSignal): NotifyError {
  return signal.reason instanceof NotifyError ? signal.reason : new NotifyError("cancelled", "it was called off");
}

/** The error to give for what a step threw: the reason, when it was called off. */
export function errorOf(error: unknown, signal: AbortSignal): NotifyError {
  return signal.aborted ? reasonOf(signal) : asNotifyError(error);
}
