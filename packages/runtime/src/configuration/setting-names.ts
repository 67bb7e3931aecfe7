import type { Field, SectionField } from "./field.ts";

/** A setting as the outside names it. */
export interface NamedSetting {
  /** `["store", "batchRows"]`. */
  readonly path: readonly string[];
  readonly field: Field;
  readonly isReloadable: boolean;
}

/** Every setting of a schema, sections taken apart, in the order in which they are written. */
export function settingsOf(schema: SectionField, path: readonly string[] = [], isReloadable = false): NamedSetting[] {
  return Object.entries(schema.fields).flatMap(([key, field]) => {
    const named = { path: [...path, key], field, isReloadable: isReloadable || field.isReloadable === true };
    return field.kind === "section" ? settingsOf(field, named.path, named.isReloadable) : [named];
  });
}

/** `HOLDFAST_AGENT_STORE_BATCH_ROWS` of `agent` and `["store", "batchRows"]`. */
export function variableOf(program: string, path: readonly string[]): string {
  const words = [program, ...path].map((key) => key.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase());
  return ["HOLDFAST", ...words].join("_");
}
