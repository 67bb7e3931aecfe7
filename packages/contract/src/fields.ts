import Type, { type TSchema } from "typebox";

/** The largest version, sequence number or size: what a JSON number holds exactly. */
const maxInteger = Number.MAX_SAFE_INTEGER;

export const optional = Type.Optional;
export const list = (items: TSchema, maxItems: number, options = {}) => Type.Array(items, { maxItems, ...options });
export const text = (maxLength: number, description?: string, options = {}) =>
  Type.String({ maxLength, ...(description && { description }), ...options });
/** Free text that is stored as such: no database that speaks SQL keeps U+0000 in a text. */
export const storedText = (maxLength: number, description: string, options = {}) =>
  text(maxLength, description, { pattern: "^[^\\u0000]*$", ...options });
export const integer = (minimum: number, maximum: number, description?: string) =>
  Type.Integer({ minimum, maximum, ...(description && { description }) });
export const choice = (values: readonly string[], description?: string) =>
  Type.Unsafe<string>({ type: "string", enum: values, ...(description && { description }) });
/** A closed object that shows under its own name in types and OpenAPI. */
export const named = (title: string, fields: Record<string, TSchema>) =>
  Type.Object(fields, { title, additionalProperties: false });
export const closed = (fields: Record<string, TSchema>) => Type.Object(fields, { additionalProperties: false });
export const yes = (description?: string) => Type.Literal(true, description ? { description } : {});
export const flag = (description: string) => Type.Boolean({ description });

export const count = (description?: string) => integer(0, maxInteger, description);
export const version = (description = "Number of a version; the first is 1.") => integer(1, maxInteger, description);
export const seq = (description = "Position in the ledger; entry 0 is the first.") => count(description);
export const path = (description: string) => text(512, description, { minLength: 1 });
export const prefix = text(512, "Folder to look in, without slashes at its ends; all of the tenant when left out.", {
  minLength: 1,
});
export const limit = (maximum: number) => integer(1, maximum, "Most items in one answer.");
export const after = storedText(1024, 'The "next" of the answer before.', { minLength: 1 });
export const next = text(1024, "Send it back to get what follows; absent on the last page.");
export const time = (description: string) =>
  text(24, description, { pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{3})?Z$" });
/** Lower case only: "Root" and " admin" must not stand beside "root" and "admin". */
export const name = (description: string) => text(63, description, { pattern: "^[a-z][a-z0-9-]{0,62}$" });
export const note = storedText(1024, "Why this version was written. Never put a secret here.");
export const id = (kind: string, description: string) => text(40, description, { pattern: `^${kind}_[a-z2-7]{26}$` });
export const accessor = id("tk", "Names a token without giving its power.");
export const actor = id("ac", "Random id of an actor.");
export const token = text(256, "The token itself.", { pattern: "^hft_[A-Za-z0-9_-]{16,250}$" });
export const permission = text(640, "resource:path-pattern:action", { minLength: 5 });
export const hash = (description: string) => text(64, description, { pattern: "^[0-9a-f]{64}$" });
export const ifMatch = text(18, 'Go on only if the current version has this ETag, such as "3" with its quotes.', {
  pattern: '^"[1-9][0-9]{0,15}"$',
});
export const ifNoneMatch = text(1, "Go on only if nothing is there yet.", { pattern: "^[*]$" });
export const cas = integer(0, maxInteger, "Check-and-set: the version that must be current; 0 if there must be none.");
/** Values are scalars, so that listing never carries documents. */
export const metadata = Type.Record(
  Type.String(),
  Type.Union([Type.String({ maxLength: 1024 }), Type.Number(), Type.Boolean(), Type.Null()]),
  {
    maxProperties: 64,
    propertyNames: { minLength: 1, maxLength: 128 },
    description: "Facts about the version: flat, and never a secret.",
  },
);
