import { StartFailure } from "./start-failure.ts";

/** A process's environment, or what stands for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a setting by its name without `HOLDFAST_`; an empty one is not set, as compose files leave them. */
export type ReadSetting = (name: string) => string | undefined;

export function settingOf(environment: Environment): ReadSetting {
  return (name) => environment[`HOLDFAST_${name}`] || undefined;
}

/** The refusal of a setting, by name and without its text: that may be a secret. */
export function wrongSetting(name: string, problem: string, hint: string, cause?: unknown): StartFailure {
  return new StartFailure("configuration", `The setting HOLDFAST_${name} ${problem}.`, hint, cause);
}
