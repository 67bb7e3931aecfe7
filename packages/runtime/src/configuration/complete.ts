import { type Checked, type CheckedGroup, nothing } from "./checked.ts";
import type { Field, SectionField } from "./field.ts";
import type { Origin } from "./origin.ts";
import type { Problem } from "./problem.ts";

/** The settings of a section with everything that nobody set, and what is missing. */
export function completeSection(
  group: CheckedGroup,
  schema: SectionField,
  path: string,
  origin: Origin,
): { readonly value: Readonly<Record<string, unknown>>; readonly problems: readonly Problem[] } {
  const value: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [key, field] of Object.entries(schema.fields)) {
    const inner = path === "" ? key : `${path}.${key}`;
    const completed = completeField(group.entries.get(key), field, inner, origin);
    value[key] = completed.value;
    problems.push(...completed.problems);
  }
  return { value, problems };
}

function completeField(
  checked: Checked | undefined,
  field: Field,
  path: string,
  origin: Origin,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  if (checked?.kind === "value") return { value: checked.value, problems: [] };
  if (field.kind === "section") return completeSection(checked ?? nothing, field, path, origin);
  if (field.kind === "map") return completeMap(checked ?? nothing, field.item, path, origin);
  if (field.isRequired !== true) return { value: defaultOf(field), problems: [] };
  return { value: undefined, problems: [{ code: "missing", path, origin, message: `${path} is missing` }] };
}

function completeMap(
  group: CheckedGroup,
  item: Field,
  path: string,
  origin: Origin,
): { readonly value: ReadonlyMap<string, unknown>; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const value = new Map<string, unknown>();
  for (const [key, checked] of group.entries) {
    const completed = completeField(checked, item, `${path}.${key}`, origin);
    value.set(key, completed.value);
    problems.push(...completed.problems);
  }
  return { value, problems };
}

function defaultOf(field: Field): unknown {
  if (field.kind === "list") return field.default ?? [];
  return "default" in field ? field.default : undefined;
}
