import { readFileSync } from "node:fs";

export interface Schema {
  readonly type?: string;
  readonly maxLength?: number;
  readonly maximum?: number;
}

interface ObjectSchema extends Schema {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Field {
  readonly in: "path" | "query" | "header" | "body";
  readonly wire?: string;
  readonly required?: true;
}

/** An operation as everyone outside knows it. */
export interface Operation {
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly spans: readonly string[];
  readonly permission: { readonly resource: string; readonly path: string; readonly action: string } | null;
  readonly scope: "tenant" | "global";
  readonly program: "server" | "agent" | "both";
  readonly mutation: boolean;
  readonly entryResource: string;
  readonly success: readonly number[];
  readonly errors: readonly string[];
  readonly fields: Readonly<Record<string, Field>>;
  readonly input: Readonly<Partial<Record<"params" | "query" | "body", ObjectSchema>>>;
  readonly output: { readonly mediaType: string; readonly schema: Schema | null; readonly maxBytes: number | null };
  readonly examples: readonly { readonly input: Fields }[];
}

export type Fields = Readonly<Record<string, unknown>>;

interface Catalogue {
  readonly problems: Readonly<Record<string, { readonly status: number; readonly preconditionStatus?: number }>>;
  readonly operations: Readonly<Record<string, Operation>>;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../packages/contract/emitted/${name}`, import.meta.url), "utf8"));

const all = read("catalogue.json") as Catalogue;

/** Operations of every program. */
export const allOperations = all.operations;

const without = (program: Operation["program"]): Catalogue => ({
  ...all,
  operations: Object.fromEntries(Object.entries(all.operations).filter(([, one]) => one.program !== program)),
});

/** The server's part of the emitted catalogue: what is true of every operation is tested by walking through it. */
export const catalogue = without("agent");

/** The agent's part. */
export const agentCatalogue = without("server");

export const openApi = read("openapi.json") as {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

/** A request as it goes out. */
export interface Request {
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: Record<string, unknown> | undefined;
}

/** Lays a flat input out where the catalogue says each field goes. */
export function requestOf(operation: Operation, input: Fields): Request {
  const at = (place: Field["in"]) => Object.entries(input).filter(([name]) => operation.fields[name]?.in === place);
  const query = new URLSearchParams(at("query").map(([name, value]): [string, string] => [name, String(value)]));
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
  return {
    target: query.size === 0 ? path : `${path}?${query.toString()}`,
    headers: Object.fromEntries(
      at("header").map(([name, value]) => [operation.fields[name]?.wire ?? name, String(value)]),
    ),
    body: operation.input.body === undefined ? undefined : Object.fromEntries(at("body")),
  };
}
