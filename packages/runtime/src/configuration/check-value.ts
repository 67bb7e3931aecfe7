import { dirname, isAbsolute, resolve } from "node:path";
import { bounds } from "./bounds.ts";
import { parseDuration, printDuration } from "./duration.ts";
import type { ChoiceField, DurationField, IntegerField, PathField, SecretReference, TextField } from "./field.ts";
import { nearMiss } from "./near-miss.ts";
import type { ConfigurationNode } from "./node.ts";
import type { Origin } from "./origin.ts";
import type { ProblemCode } from "./problem.ts";

/** A value that fits its field, or what is wrong: the end of a sentence that begins with the setting's name. */
export type Judgement<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ProblemCode; readonly message: string; readonly hint?: string };

const controls = /\p{Cc}/u;

const fits = <T>(value: T): Judgement<T> => ({ ok: true, value });

const wrong = (code: ProblemCode, message: string, hint?: string): Judgement<never> => ({
  ok: false,
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});

const notOne = (kind: string, hint?: string): Judgement<never> => wrong("wrong_type", `is not ${kind}`, hint);

function scalarOf(node: ConfigurationNode): string | number | boolean | null | undefined {
  return node.kind === "scalar" ? node.value : undefined;
}

export function checkText(node: ConfigurationNode, field: TextField): Judgement<string> {
  const value = scalarOf(node);
  if (typeof value !== "string") {
    const hint = typeof value === "number" || typeof value === "boolean" ? "write it in quotes" : undefined;
    return notOne("a text", hint);
  }
  const most = field.maxLength ?? bounds.maxTextCharacters;
  if (value.length > most) return wrong("too_large", `has more than ${most} characters`);
  if (controls.test(value)) return wrong("wrong_type", "holds a control character");
  if (field.pattern?.test(value) === false) {
    return wrong("wrong_type", `does not have the right form: it has to be ${field.form ?? "of another form"}`);
  }
  return fits(value);
}

export function checkInteger(node: ConfigurationNode, { min, max }: IntegerField): Judgement<number> {
  const value = scalarOf(node);
  if (typeof value !== "number" || !Number.isInteger(value)) return notOne("a whole number");
  if (value >= min && value <= max) return fits(value);
  return wrong("out_of_range", `has to be between ${min} and ${max}`);
}

export function checkDuration(node: ConfigurationNode, { min, max }: DurationField): Judgement<number> {
  const given = scalarOf(node);
  const value = typeof given === "string" ? parseDuration(given) : given;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    return notOne("a duration", "write whole seconds, or a text such as 30s, 5m, 1h30m or 7d");
  }
  if (value >= min && value <= max) return fits(value);
  return wrong("out_of_range", `has to be between ${printDuration(min)} and ${printDuration(max)}`);
}

export function checkBoolean(node: ConfigurationNode): Judgement<boolean> {
  const value = scalarOf(node);
  return typeof value === "boolean" ? fits(value) : notOne("true or false");
}

export function checkChoice(node: ConfigurationNode, { choices }: ChoiceField): Judgement<string> {
  const value = scalarOf(node);
  if (typeof value === "string" && choices.includes(value)) return fits(value);
  const near = typeof value === "string" ? nearMiss(value, choices) : undefined;
  const hint = near === undefined ? undefined : `did you mean ${near}?`;
  return wrong("not_a_choice", `has to be one of ${choices.join(", ")}`, hint);
}

/** Relative paths count from where they are said, so that a file means the same whoever starts the process. */
export function checkPath(node: ConfigurationNode, _: PathField, workingFolder: string): Judgement<string> {
  const value = scalarOf(node);
  if (typeof value !== "string" || value === "") return notOne("a path");
  if (value.length > bounds.maxTextCharacters) return wrong("too_large", "is too long for a path");
  if (controls.test(value)) return wrong("wrong_type", "holds a control character");
  if (/^~(?:\/|$)/.test(value))
    return wrong("wrong_type", "begins with ~, which means nothing here", "write the whole path");
  return fits(isAbsolute(value) ? value : resolve(baseOf(node.origin, workingFolder), value));
}

function baseOf(origin: Origin, workingFolder: string): string {
  return "file" in origin ? dirname(origin.file) : workingFolder;
}

/** `{ file: path }` or `{ credential: name }`. What looks like the secret itself is refused, and never repeated. */
export function checkSecret(node: ConfigurationNode, workingFolder: string): Judgement<SecretReference> {
  const hint = "write { file: /path } or { credential: name }";
  if (node.kind !== "map") return wrong("secret_in_the_open", "is a secret, and does not stand here itself", hint);
  const [[key, entry] = [], second] = [...node.entries];
  if (key === undefined || entry === undefined || second !== undefined) return notOne("the place of one secret", hint);
  if (key === "file") {
    const path = checkPath(entry.node, { kind: "path", summary: "" }, workingFolder);
    return path.ok ? fits({ kind: "file", path: path.value }) : path;
  }
  if (key !== "credential") return notOne("the place of a secret", hint);
  const name = scalarOf(entry.node);
  if (typeof name === "string" && /^[A-Za-z0-9][\w.-]{0,127}$/.test(name)) return fits({ kind: "credential", name });
  return wrong("wrong_type", "names no credential: letters, digits, dots, dashes and underscores");
}
