import { Refusal } from "../errors.ts";

/** Refuses before anything is done when the caller takes none of the answer's media types (RFC 9110 §12.5.1). */
export function acceptFault(accept: string | undefined, mediaType = "application/json"): Refusal | undefined {
  if (accept === undefined || accept.trim() === "") return undefined;
  const [type = ""] = mediaType.split(";", 1);
  const ranges = new Set(["*/*", `${type.slice(0, type.indexOf("/"))}/*`, type]);
  if (accept.split(",").some((item) => admits(item, ranges))) return undefined;
  return new Refusal("not_acceptable", `This operation answers with ${type}.`);
}

function admits(item: string, ranges: ReadonlySet<string>): boolean {
  const [range = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
  return ranges.has(range) && !parameters.some((parameter) => /^q=0(\.0{0,3})?$/.test(parameter));
}
