import { Refusal } from "../errors.ts";

const ETAG = /^"([1-9][0-9]{0,15})"$/;

/** Version that If-Match names, 0 for `If-None-Match: *` (RFC 9110 §13.1); weak tags never match strongly. */
export function preconditionOf(ifMatch: string | undefined, ifNoneMatch: string | undefined): number | undefined {
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw new Refusal("invalid_input", "If-Match and If-None-Match exclude each other here.");
  }
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === "*") return 0;
    throw new Refusal("invalid_input", "If-None-Match takes only * here.");
  }
  if (ifMatch === undefined) return undefined;
  const tag = ETAG.exec(ifMatch.trim());
  if (tag === null) throw new Refusal("invalid_input", 'If-Match takes one version as an entity tag, such as "3".');
  return Number(tag[1]);
}
