/** TypeBox marks its schemas with hidden properties; what goes out is plain JSON Schema. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
}

export function plain(schema: object): JsonSchema {
  return tidy(JSON.parse(JSON.stringify(schema)) as JsonSchema);
}

/** A pattern that admits everything says nothing; `additionalProperties` says the same without a regular expression. */
function tidy(schema: JsonSchema): JsonSchema {
  const { patternProperties, ...rest } = schema;
  const anything = patternProperties && Object.values(patternProperties)[0];
  return {
    ...rest,
    ...(anything && { additionalProperties: tidy(anything) }),
    ...(rest.properties && { properties: mapValues(rest.properties, tidy) }),
    ...(rest.items && { items: tidy(rest.items) }),
    ...(rest.anyOf && { anyOf: rest.anyOf.map(tidy) }),
  };
}

export function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A, key: string) => B) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
