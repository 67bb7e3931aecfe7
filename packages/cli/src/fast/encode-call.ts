import { operations } from "@holdfast/contract";
import { parsePath } from "@holdfast/kernel/paths";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Settings } from "../settings.ts";
import type { Request } from "../wire/request.ts";

interface Place {
  readonly in: "path" | "query" | "header" | "body";
  readonly wire?: string;
  readonly spans?: true;
}

/** The request that makes a call; the places of its fields are read from the catalogue's table. */
export function encodeCall(
  name: keyof typeof operations,
  input: Readonly<Record<string, unknown>>,
  { tenant, token }: Pick<Settings, "tenant" | "token">,
): Request {
  const { method, path, fields } = operations[name];
  const given = placed(fields, input);
  const query = new URLSearchParams(given.query).toString();
  const pathText = given.path.reduce((text, [key, value]) => text.replace(`{${key}}`, () => value), path as string);
  const hasBody = Object.values<Place>(fields).some((place) => place.in === "body");
  return {
    method,
    target: query === "" ? pathText : `${pathText}?${query}`,
    headers: {
      ...Object.fromEntries(given.header),
      ...(tenant !== undefined && { "holdfast-tenant": tenant }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(hasBody && { body: JSON.stringify(Object.fromEntries(given.body)) }),
  };
}

function placed(fields: Readonly<Record<string, Place>>, input: Readonly<Record<string, unknown>>) {
  const given = {
    path: [] as [string, string][],
    query: [] as [string, string][],
    header: [] as [string, string][],
    body: [] as [string, unknown][],
  };
  for (const [name, value] of Object.entries(input)) {
    const place = fields[name];
    if (place === undefined) throw new TypeError(`the operation takes no field "${name}"`);
    if (place.in === "body") given.body.push([name, value]);
    else if (place.in === "path") given.path.push([name, pathPart(String(value), place.spans === true)]);
    else given[place.in].push([place.wire ?? name, String(value)]);
  }
  return given;
}

/**
 * Percent-encodes one path parameter. A key that is not canonical is refused before anything is sent, because another
 * operation may stand at its spelling: `a/versions/3` would read version 3 of `a`.
 */
function pathPart(value: string, isKey: boolean): string {
  if (!isKey) return encodeURIComponent(value);
  const parsed = parsePath(value);
  if (parsed.ok) return parsed.segments.map(encodeURIComponent).join("/");
  throw new Failure(exitCodes.usage, `the path is not canonical: it ${parsed.reason}`, undefined, "path_not_canonical");
}
