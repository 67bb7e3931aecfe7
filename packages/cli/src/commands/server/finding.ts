/** What one check found. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "degraded" | "unavailable" | "wrong";
  readonly detail: string;
}

/** Nothing to do. */
export const ok = (name: string, detail: string): Finding => ({ name, state: "ok", detail });
/** It works, with less than there could be. */
export const degraded = (name: string, detail: string): Finding => ({ name, state: "degraded", detail });
/** It could not be looked at, or does not apply. */
export const unavailable = (name: string, detail: string): Finding => ({ name, state: "unavailable", detail });
/** Somebody has to do something about it. */
export const wrong = (name: string, detail: string): Finding => ({ name, state: "wrong", detail });

/** The sentence of something thrown, without more of it. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown fault";
}
