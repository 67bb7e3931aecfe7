declare const valueType: unique symbol;

/** Carries the type of a field's value; there at compile time only. */
export interface Typed<T> {
  readonly [valueType]?: T;
}

/** The type of the value that a field describes. */
export type ValueOf<F> = F extends Typed<infer T> ? T : never;

interface FieldFacts {
  /** One sentence for documentation, `--help` and `config show`. */
  readonly summary: string;
  /** Takes effect at SIGHUP; otherwise at the next start. What lies in a section inherits it. */
  readonly isReloadable?: boolean;
  readonly isRequired?: boolean;
}

export interface TextField extends FieldFacts {
  readonly kind: "text";
  readonly default?: string;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  /** What the pattern asks for, in words: "has to be …". */
  readonly form?: string;
}

export interface IntegerField extends FieldFacts {
  readonly kind: "integer";
  readonly default?: number;
  readonly min: number;
  readonly max: number;
}

/** Whole seconds; also written as `30s`, `5m`, `1h30m`, `7d`. The name ends in `Seconds`. */
export interface DurationField extends FieldFacts {
  readonly kind: "duration";
  readonly default?: number;
  readonly min: number;
  readonly max: number;
}

export interface BooleanField extends FieldFacts {
  readonly kind: "boolean";
  readonly default?: boolean;
}

export interface ChoiceField extends FieldFacts {
  readonly kind: "choice";
  readonly choices: readonly string[];
  readonly default?: string;
}

/** A path; a relative one counts from the folder of the file that says it, else from the working folder. */
export interface PathField extends FieldFacts {
  readonly kind: "path";
  readonly default?: string;
}

/** Where a secret lies; the configuration itself never holds one. */
export type SecretReference =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "credential"; readonly name: string };

export interface SecretField extends FieldFacts {
  readonly kind: "secret";
}

/** A map whose reader checks it itself, such as a sink; the item of a list. */
export interface RecordField extends FieldFacts {
  readonly kind: "record";
}

export interface ListField extends FieldFacts {
  readonly kind: "list";
  readonly item: ItemField;
  readonly maxItems: number;
  readonly default?: readonly unknown[];
}

/** Names that the operator chooses, all with values of one kind. */
export interface MapField extends FieldFacts {
  readonly kind: "map";
  readonly item: Field;
  readonly maxItems: number;
}

export interface SectionField extends FieldFacts {
  readonly kind: "section";
  readonly fields: Readonly<Record<string, Field>>;
}

/** Everything that a schema of settings is made of. */
export type Field =
  | TextField
  | IntegerField
  | DurationField
  | BooleanField
  | ChoiceField
  | PathField
  | SecretField
  | RecordField
  | ListField
  | MapField
  | SectionField;

/** What a list can be made of; a section there is whole in itself, for lists replace each other. */
export type ItemField = Exclude<Field, MapField>;

type Facts<F extends Field> = Omit<F, "kind">;
/** Undefined is a value only where there is neither a default nor an obligation. */
type Given<O, T> = O extends { default: unknown } | { isRequired: true } ? T : T | undefined;
type Present<F> = Exclude<ValueOf<F>, undefined>;

/** A text without control characters. */
export function text<const O extends Facts<TextField>>(facts: O): TextField & Typed<Given<O, string>> {
  return { kind: "text", ...facts };
}

/** A whole number within bounds; its unit stands in the name. */
export function integer<const O extends Facts<IntegerField>>(facts: O): IntegerField & Typed<Given<O, number>> {
  return { kind: "integer", ...facts };
}

/** A duration in whole seconds, within bounds. */
export function duration<const O extends Facts<DurationField>>(facts: O): DurationField & Typed<Given<O, number>> {
  return { kind: "duration", ...facts };
}

/** True or false; the name asserts something. */
export function boolean<const O extends Facts<BooleanField>>(facts: O): BooleanField & Typed<Given<O, boolean>> {
  return { kind: "boolean", ...facts };
}

/** One of a few words. */
export function choice<const O extends Facts<ChoiceField>>(
  facts: O,
): ChoiceField & Typed<Given<O, O["choices"][number]>> {
  return { kind: "choice", ...facts };
}

/** A path; the value is absolute. */
export function path<const O extends Facts<PathField>>(facts: O): PathField & Typed<Given<O, string>> {
  return { kind: "path", ...facts };
}

/** A secret, told by where it lies. */
export function secret<const O extends Facts<SecretField>>(facts: O): SecretField & Typed<Given<O, SecretReference>> {
  return { kind: "secret", ...facts };
}

/** A map that its reader checks. */
export function record<const O extends Facts<RecordField>>(
  facts: O,
): RecordField & Typed<Readonly<Record<string, unknown>>> {
  return { kind: "record", ...facts };
}

/** A list is never undefined: it is empty when nobody says anything. */
export function list<const I extends ItemField>(
  item: I,
  facts: Omit<Facts<ListField>, "item">,
): ListField & Typed<readonly Present<I>[]> {
  return { kind: "list", item, ...facts };
}

/** Values of one kind under names that the operator chooses. */
export function map<const I extends Field>(
  item: I,
  facts: Omit<Facts<MapField>, "item">,
): MapField & Typed<ReadonlyMap<string, Present<I>>> {
  return { kind: "map", item, ...facts };
}

/** Settings that belong together. */
export function section<const S extends Readonly<Record<string, Field>>>(
  summary: string,
  fields: S,
  facts: { readonly isReloadable?: boolean } = {},
): SectionField & Typed<{ readonly [K in keyof S]: ValueOf<S[K]> }> {
  return { kind: "section", summary, fields, ...facts };
}
