/** What one check found. */
export interface Finding {
  readonly name: string;
  readonly state: "ok" | "degraded" | "unavailable" | "wrong";
  readonly detail: string;
}

export const ok = (name: string, detail: string): Finding => ({ name, state: "ok", detail });
export const degraded = (name: string, detail: string): Finding => ({ name, state: "degraded", detail });
export const unavailable = (name: string, detail: string): Finding => ({ name, state: "unavailable", detail });
export const wrong = (name: string, detail: string): Finding => ({ name, state: "wrong", detail });

/** The sentence of something thrown, without more of it. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "unknown fault";
}
