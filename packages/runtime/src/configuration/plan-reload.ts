import { isDeepStrictEqual } from "node:util";
import type { SectionField, Typed, ValueOf } from "./field.ts";
import { type NamedSetting, settingsOf } from "./setting-names.ts";

/** What a running process makes of a configuration that was read again. */
export interface ReloadPlan<T> {
  /** The new settings, with the old value of everything that needs a restart. */
  readonly settings: T;
  /** Dotted paths of settings that changed and take effect now. */
  readonly reloaded: readonly string[];
  /** Dotted paths of settings that changed and wait for a restart; the log names them. */
  readonly needRestart: readonly string[];
}

/** Compares two configurations of a running process, setting by setting. */
export function planReload<S extends SectionField & Typed<unknown>>(
  schema: S,
  before: ValueOf<S>,
  after: ValueOf<S>,
): ReloadPlan<ValueOf<S>> {
  const changed = settingsOf(schema).filter(({ path }) => !isDeepStrictEqual(at(before, path), at(after, path)));
  const nameOf = ({ path }: NamedSetting): string => path.join(".");
  const waiting = changed.filter(({ isReloadable }) => !isReloadable);
  return {
    settings: waiting.reduce<unknown>((mixed, { path }) => put(mixed, path, at(before, path)), after) as ValueOf<S>,
    reloaded: changed.filter(({ isReloadable }) => isReloadable).map(nameOf),
    needRestart: waiting.map(nameOf),
  };
}

type Group = Readonly<Record<string, unknown>>;

function at(settings: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((group, key) => (group as Group)[key], settings);
}

function put(settings: unknown, [key = "", ...rest]: readonly string[], value: unknown): unknown {
  const group = settings as Group;
  return { ...group, [key]: rest.length === 0 ? value : put(group[key], rest, value) };
}
