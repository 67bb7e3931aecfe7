import { KernelError } from "./errors.ts";
import { isRawNumber } from "./json.ts";

const MAX_DEPTH = 512;

/**
 * RFC 8785 text of a value. Everything that has no canonical form is refused: NaN, infinities, lone surrogates,
 * undefined, bigints, functions, symbols and objects of a class. A number that kept its source text is written by the
 * ECMAScript rule when that is the same decimal value, and refused when it is not, so that two different numbers never
 * share one canonical text.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw refusal(`more than ${MAX_DEPTH} levels`);
  if (typeof value === "string") return writeString(value);
  if (typeof value === "number") return writeNumber(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") throw refusal(`a value of type ${typeof value}`);
  if (isRawNumber(value)) return writeRawNumber(value.rawJSON);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => write(item, depth + 1)).join(",")}]`;
  return writeObject(value, depth);
}

function writeObject(object: object, depth: number): string {
  if (!isPlain(object)) throw refusal("an object of a class");
  // RFC 8785 §3.2.3 sorts by UTF-16 code units, as sort() does.
  const members = Object.entries(object).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${writeString(key)}:${write(member, depth + 1)}`).join(",")}}`;
}

/** Of no prototype, or of one that has none itself: an object literal, of whatever realm. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** RFC 8785 §3.2.2.2 is what JSON.stringify does, lone surrogates apart. */
function writeString(text: string): string {
  if (!text.isWellFormed()) throw refusal("a lone surrogate");
  return JSON.stringify(text);
}

/** RFC 8785 §3.2.2.3 is ECMAScript's Number::toString. */
function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw refusal("a number that is not finite");
  return String(value);
}

function writeRawNumber(source: string): string {
  const text = writeNumber(Number(source));
  if (decimalOf(text) !== decimalOf(source)) throw refusal("a number that no IEEE 754 double holds exactly");
  return text;
}

/** One spelling for each decimal value: digits without zeros at either end, and the power of ten they are scaled by. */
function decimalOf(source: string): string {
  const [mantissa, exponent = "0"] = source.toLowerCase().split("e");
  const [whole, fraction = ""] = mantissa!.replace("-", "").split(".");
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const scale = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${source.startsWith("-") ? "-" : ""}${significant}e${scale}`;
}

function refusal(what: string): KernelError {
  return new KernelError("json_not_canonical", `canonical JSON cannot hold ${what}`);
}
