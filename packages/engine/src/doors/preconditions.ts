import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "../errors.ts";
import type { OperationDefinition } from "../operation.ts";

const ETAG = /^"([1-9][0-9]{0,15})"$/;

type Preconditions = Pick<IncomingHttpHeaders, "if-match" | "if-none-match">;

/**
 * Version that If-Match names, 0 for `If-None-Match: *` (RFC 9110 §13.1); weak tags never match strongly. An operation
 * that does not declare a precondition refuses it: ignored, it would do what its caller wanted prevented.
 */
export function preconditionOf(
  { input }: Pick<OperationDefinition, "input">,
  { "if-match": ifMatch, "if-none-match": ifNoneMatch }: Preconditions,
): number | undefined {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw new Refusal("invalid_input", "If-Match and If-None-Match exclude each other here.");
  }
  const declared = (input.headers ?? {}) as { readonly properties?: Readonly<Record<string, unknown>> };
  const insist = (field: string, header: string) => {
    if (declared.properties?.[field] !== undefined) return;
    throw new Refusal("invalid_input", `This operation does not take ${header}.`);
  };
  if (ifNoneMatch !== undefined) {
    insist("ifNoneMatch", "If-None-Match");
    return absent(ifNoneMatch);
  }
  if (ifMatch === undefined) return undefined;
  insist("ifMatch", "If-Match");
  return version(ifMatch);
}

function absent(ifNoneMatch: string): number {
  if (ifNoneMatch.trim() === "*") return 0;
  throw new Refusal("invalid_input", "If-None-Match takes only * here.");
}

function version(ifMatch: string): number {
  const tag = ETAG.exec(ifMatch.trim());
  const number = Number(tag?.[1]);
  if (Number.isSafeInteger(number)) return number;
  throw new Refusal("invalid_input", 'If-Match takes one version as an entity tag, such as "3".');
}
