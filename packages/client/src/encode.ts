import { operations, type OperationName } from "@holdfast/contract";
import { parsePath } from "@holdfast/kernel/paths";
import { ClientError } from "./errors.ts";
import type { WireRequest } from "./exchange.ts";

interface Field {
  readonly in: "path" | "query" | "header" | "body";
  readonly wire?: string;
  readonly spans?: true;
  readonly required?: true;
}

export interface OperationRow {
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, Field>>;
  readonly success: readonly number[];
  readonly mediaType: string;
  readonly mutation: boolean;
  readonly group: string | null;
  readonly verb: string;
}

/** A value of 16 MiB in base64, and what stands around it. */
const maxBodyBytes = 24 * 1024 * 1024;

export function rowOf(name: OperationName): OperationRow {
  if (!Object.hasOwn(operations, name)) throw new ClientError("invalid_call", `there is no operation ${name}`);
  return operations[name];
}

/** Lays a flat input out as path, query, headers and body, as the catalogue says. */
export function encode(name: OperationName, row: OperationRow, input: object): WireRequest {
  const given = Object.entries(input as Readonly<Record<string, unknown>>).filter(([, value]) => value !== undefined);
  refuseUnknown(name, row, given);
  const at = (place: Field["in"]) => given.filter(([field]) => row.fields[field]?.in === place);
  const query = new URLSearchParams(at("query").map(([field, value]): [string, string] => [field, String(value)]));
  const hasBody = Object.values(row.fields).some((field) => field.in === "body");
  const body = hasBody ? json(Object.fromEntries(at("body"))) : undefined;
  return {
    method: row.method,
    target: encodePath(row, Object.fromEntries(at("path"))) + (query.size ? `?${query.toString()}` : ""),
    headers: {
      accept: `${row.mediaType}, application/problem+json`,
      ...(hasBody && { "content-type": "application/json" }),
      ...Object.fromEntries(at("header").map(([field, value]) => [row.fields[field]?.wire ?? field, String(value)])),
    },
    body,
  };
}

function refuseUnknown(name: string, row: OperationRow, given: readonly (readonly [string, unknown])[]): void {
  const known = Object.keys(row.fields);
  const extra = given.find(([field]) => !known.includes(field));
  if (extra)
    throw new ClientError("invalid_call", `${name} takes no ${extra[0]}; it takes ${known.join(", ") || "nothing"}`);
  const missing = known.find((field) => row.fields[field]?.required && !given.some(([one]) => one === field));
  if (missing) throw new ClientError("invalid_call", `${name} needs ${missing}`);
}

function encodePath(row: OperationRow, input: Readonly<Record<string, unknown>>): string {
  return row.path.replace(/\{(\w+)\}/g, (_, field: string) => {
    const text = String(input[field]);
    return row.fields[field]?.spans ? encodeKey(text) : encodeSegment(text);
  });
}

/**
 * Percent-encodes a key segment by segment. A key that is not canonical is refused here, because another operation may
 * stand at its spelling: `a/versions/3` would read version 3 of `a`.
 */
function encodeKey(key: string): string {
  const parsed = parsePath(key);
  if (!parsed.ok) throw new ClientError("path_not_canonical", `the path is not canonical: ${parsed.reason}`);
  return parsed.segments.map(encodeSegment).join("/");
}

function encodeSegment(text: string): string {
  if (text === "" || text === "." || text === ".." || !text.isWellFormed())
    throw new ClientError("invalid_call", "a name in the path is empty, dots, or not valid text");
  return encodeURIComponent(text);
}

/** Numbers that came from a lossless reader go out in their own spelling. */
function json(body: Readonly<Record<string, unknown>>): string {
  const text = stringify(body);
  if (Buffer.byteLength(text) > maxBodyBytes)
    throw new ClientError("payload_too_large", `the request is larger than ${maxBodyBytes} bytes`);
  return text;
}

function stringify(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ClientError("invalid_call", "the input is not JSON", { cause });
  }
}
