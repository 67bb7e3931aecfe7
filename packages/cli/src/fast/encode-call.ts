import { operations } from "@holdfast/contract";
import { usage } from "../failure.ts";
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
  const query = given.query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
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
    else if (place.in === "path") given.path.push([name, pathPart(name, String(value), place.spans === true)]);
    else given[place.in].push([place.wire ?? name, String(value)]);
  }
  return given;
}

/** Percent-encodes one path parameter; slashes stay where it may span several segments. */
function pathPart(name: string, value: string, spans: boolean): string {
  if (value === "") throw usage(`the ${name} is empty`);
  return spans ? value.split("/").map(encodeURIComponent).join("/") : encodeURIComponent(value);
}
