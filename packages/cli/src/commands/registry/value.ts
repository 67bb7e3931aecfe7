import { isUtf8 } from "node:buffer";
import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import type { Context, Given } from "../../command.ts";
import { errnoOf, usage } from "../../failure.ts";
import { isSet, textOption } from "../../given.ts";
import { readAll } from "../../terminal/input.ts";
import { remark } from "../../terminal/print.ts";
import type { Kind } from "./kind.ts";

/** What the server takes of one value; reading more would only be refused later. */
const maxBytes = 1024 * 1024;

export interface GivenValue {
  readonly value: unknown;
  readonly contentType?: string;
  readonly encoding?: "base64";
}

/** The value of a `put`, from wherever the user gives it, in the form the server takes. */
export async function valueOf(context: Context, given: Given, kind: Kind): Promise<GivenValue> {
  const bytes = await bytesOf(context, given, kind);
  return encodeValue(bytes, textOption(given, "type") ?? "text");
}

async function bytesOf(context: Context, given: Given, kind: Kind): Promise<Buffer> {
  const [, word] = given.arguments;
  const file = textOption(given, "file");
  if (word !== undefined && file !== undefined) throw usage("the value is given twice: as an argument and by --file");
  if (file !== undefined) return trimmed(context, given, readFile(resolve(context.workingFolder, file), file));
  if (word === "-" || (word === undefined && context.input.isPiped)) {
    return trimmed(context, given, await context.input.readAll(maxBytes));
  }
  if (word !== undefined) return fromArgument(context, word, kind);
  if (!context.input.isTerminal) throw usage("no value is given", "pipe it in, or use --file");
  return Buffer.from(await context.input.readHidden(`Value of ${given.arguments[0] ?? ""}: `), "utf8");
}

function fromArgument(context: Context, word: string, kind: Kind): Buffer {
  if (kind === "secret") {
    remark(context, "a secret on the command line shows in process lists and in the shell's history; a pipe does not");
  }
  return Buffer.from(word, "utf8");
}

function readFile(path: string, shownPath: string): Buffer {
  try {
    const descriptor = openSync(path, "r");
    try {
      return readAll(descriptor, maxBytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = errnoOf(error);
    if (code === undefined) throw error;
    throw usage(`${shownPath} cannot be read (${code})`);
  }
}

/** Bytes are kept as they come; a newline that was perhaps not meant (`echo`) is pointed out, once, to a person. */
function trimmed(context: Context, given: Given, bytes: Buffer): Buffer {
  const endsInNewline = bytes.at(-1) === 0x0a;
  if (endsInNewline && isSet(given, "trim")) return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
  if (endsInNewline && bytes.indexOf(0x0a) === bytes.length - 1 && context.output.isErrorTerminal) {
    remark(context, "the value ends in a newline, which is kept; --trim leaves it out");
  }
  return bytes;
}

/** Text as a JSON string, JSON as it is, anything else under its media type; what is not UTF-8 travels as base64. */
async function encodeValue(bytes: Buffer, type: string): Promise<GivenValue> {
  if (type === "json" || type === "application/json") return { value: await jsonOf(bytes) };
  if (type !== "text" && !type.includes("/")) throw usage(`--type takes text, json or a media type, not "${type}"`);
  if (!isUtf8(bytes)) {
    const contentType = type === "text" ? "application/octet-stream" : type;
    return { value: bytes.toString("base64"), contentType, encoding: "base64" };
  }
  return { value: bytes.toString("utf8"), ...(type !== "text" && { contentType: type }) };
}

async function jsonOf(bytes: Buffer): Promise<unknown> {
  const { parseJson } = await import("@holdfast/kernel/json");
  try {
    return parseJson(bytes.toString("utf8"));
  } catch {
    // The parser's message quotes what it found, which may be a secret.
    throw usage("the value is not JSON", "leave out --type json to store it as text");
  }
}
