import { toBase64 } from "@holdfast/kernel/base64";
import { base64Offsets, encodeText } from "./encode.ts";
import type { Transform } from "./modifiers.ts";

/** Values that one value stands for. */
const maxVariants = 625;

export type Transformed =
  | { readonly ok: true; readonly values: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Changes a value as its modifiers say, in their order. */
export function transform(value: string, transforms: readonly Transform[]): Transformed {
  let values: readonly string[] = [value];
  let bytes: Uint8Array | undefined;
  for (const one of transforms) {
    if (one === "windash") values = values.flatMap(withOtherDashes);
    else if (/[*?]/.test(value)) return { ok: false, message: "a value with wildcards cannot be encoded" };
    else if (one === "base64" || one === "base64offset") {
      const encoded = values.map((text) => bytes ?? encodeText(text, "utf8"));
      values = encoded.flatMap((text) => (one === "base64" ? [toBase64(text)] : base64Offsets(text)));
      bytes = undefined;
    } else bytes = encodeText(value, one);
    if (values.length > maxVariants)
      return { ok: false, message: `the value stands for more than ${maxVariants} others` };
  }
  return bytes === undefined
    ? { ok: true, values }
    : { ok: false, message: "UTF-16 holds zero bytes, which no column does: encode it with base64offset" };
}

const dashes: readonly string[] = ["-", "/", "–", "—", "―"];

/** A dash or slash that begins an option stands for all that Windows programs take for one. */
function withOtherDashes(value: string): readonly string[] {
  const places = Array.from(value.matchAll(/\B[-/]\b/g), (match) => match.index);
  if (dashes.length ** places.length > maxVariants) return Array<string>(maxVariants + 1).fill(value);
  return places.reduce<readonly string[]>(
    (variants, place) =>
      variants.flatMap((text) => dashes.map((dash) => text.slice(0, place) + dash + text.slice(place + 1))),
    [value],
  );
}
