import { errorOf } from "../net/within.ts";
import type { Health, Reached } from "./sink.ts";

/** The outcome of a check as a value. */
export async function healthOf(signal: AbortSignal, check: () => Promise<Reached>): Promise<Health> {
  try {
    return { isHealthy: true, reached: await check() };
  } catch (error) {
    const { code, message } = errorOf(error, signal);
    return { isHealthy: false, code, message };
  }
}
