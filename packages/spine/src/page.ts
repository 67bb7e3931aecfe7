/** One page of an ordered list, with the cursor of the next. */
export function page<T>(
  items: readonly T[],
  cursorOf: (item: T) => string,
  query: Readonly<Record<string, string | number | boolean>>,
): { readonly items: readonly T[]; readonly next?: string } {
  const limit = typeof query["limit"] === "number" ? query["limit"] : 100;
  const after = query["after"];
  const start = typeof after === "string" ? items.findIndex((item) => cursorOf(item) > after) : 0;
  const rest = start < 0 ? [] : items.slice(start);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return last !== undefined && rest.length > limit ? { items: shown, next: cursorOf(last) } : { items: shown };
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
