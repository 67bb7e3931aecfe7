import { featureNames, type SandboxFeature } from "../sandbox/index.ts";
import type { Cell, ChildErrorCode, ChildMessage } from "./protocol.ts";

const codes: readonly ChildErrorCode[] = ["memory", "refused", "sql", "unavailable"];
const states: readonly SandboxFeature["state"][] = ["on", "unavailable", "failed"];
const MAX_TEXT = 1_024;
/** More rows than any run may find, and more members than any message has. */
const MAX_CONTAINERS = 131_072;
const MAX_MEMBERS = 1_024;
const [QUOTE, BACKSLASH, BRACKET, BRACE, COLON] = Array.from('"\\[{:', (sign) => sign.charCodeAt(0));

type Fields = Readonly<Record<string, unknown>>;

/** Reads what the executor's process sent. A query may have taken it over: anything out of form throws. */
export function parseMessage(text: string): ChildMessage {
  refuseOvergrown(text);
  const value = JSON.parse(text) as unknown;
  if (!isFields(value)) throw new TypeError("a message is no object");
  switch (value["kind"]) {
    case "ready":
      return { kind: "ready", features: listOf(value["features"], featureOf) };
    case "rows":
      return rowsOf(value);
    case "failed":
      return { kind: "failed", id: idOf(value), code: oneOf(codes, value["code"]), message: textOf(value["message"]) };
    default:
      throw new TypeError("a message is of no known kind");
  }
}

/**
 * An empty list is two bytes here and thirty times as many once it is read: a process that was taken over could fill the
 * agent's memory with an answer that is short enough.
 */
function refuseOvergrown(text: string): void {
  let [containers, members, isText] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) isText = !isText;
    else if (isText) continue;
    else if (code === BRACKET || code === BRACE) containers++;
    else if (code === COLON) members++;
  }
  if (containers > MAX_CONTAINERS || members > MAX_MEMBERS)
    throw new TypeError("a message has more parts than any can");
}

function rowsOf(value: Fields): ChildMessage {
  const columns = listOf(value["columns"], textOf);
  const rows = listOf(value["rows"], (row) => {
    const cells = listOf(row, cellOf);
    if (cells.length !== columns.length) throw new TypeError("a row has not as many values as there are columns");
    return cells;
  });
  const isTruncated = value["isTruncated"] === true;
  const durationMs = value["durationMs"];
  if (typeof durationMs !== "number" || durationMs < 0) throw new TypeError("a duration is none");
  return { kind: "rows", id: idOf(value), columns, rows, isTruncated, durationMs };
}

function featureOf(value: unknown): SandboxFeature {
  if (!isFields(value)) throw new TypeError("a feature is no object");
  const name = oneOf(featureNames, value["name"]);
  return { name, state: oneOf(states, value["state"]), detail: textOf(value["detail"]) };
}

function idOf({ id }: Fields): number {
  if (!Number.isSafeInteger(id)) throw new TypeError("an id is no number");
  return id as number;
}

function cellOf(value: unknown): Cell {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError("a value is neither text nor number");
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("a text is none");
  return value.slice(0, MAX_TEXT);
}

function listOf<T>(value: unknown, one: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) throw new TypeError("a list is none");
  return value.map(one);
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new TypeError("a word is none of those that are known");
  return found;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
