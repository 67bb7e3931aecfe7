import type { Filtered } from "./ledger-reader.ts";

/** Whether the entry matches all of the filter. */
export function matches(entry: Filtered, { resource, ...rest }: Partial<Filtered>): boolean {
  const fields = Object.entries(rest) as [keyof Filtered, string][];
  if (fields.some(([field, value]) => entry[field] !== value)) return false;
  if (resource === undefined || resource === entry.resource) return true;
  return resource === withoutVersion(entry.resource) || resource === kindOf(entry.resource);
}

/** Of `kind:id@version`, `kind:id`. */
export function withoutVersion(resource: string): string {
  const at = resource.indexOf("@");
  return at < 0 ? resource : resource.slice(0, at);
}

export function kindOf(resource: string): string {
  const end = resource.search(/[:@]/);
  return end < 0 ? resource : resource.slice(0, end);
}
