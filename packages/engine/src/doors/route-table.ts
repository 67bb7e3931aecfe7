import type { Operation, OperationDefinition } from "../operation.ts";

type Method = OperationDefinition["method"];

/** An operation and its parameters, still percent-encoded. */
export interface MatchedOperation {
  readonly kind: "operation";
  readonly operation: Operation;
  readonly raw: Readonly<Record<string, string>>;
}

/** A raw target matched against the catalogue. */
export type RouteMatch =
  | MatchedOperation
  | { readonly kind: "method"; readonly allowed: readonly Method[] }
  | { readonly kind: "none" };

interface Template {
  readonly operation: Operation;
  readonly method: string;
  readonly param: string;
  readonly isSpanning: boolean;
  /** What follows the parameter: nothing, `:verb`, or `/versions/{version}`. */
  readonly suffix: string;
}

const VERB = /:([a-z][a-z-]*)$/;
const VERSION = /\/versions\/([^/]+)$/;

/**
 * Matches the raw request target, before any decoding: what the router saw and what a rule judges must be one spelling
 * (ATTACKS 1). A literal `:` or `/versions/` can only be syntax, because canonical paths hold neither.
 */
export class RouteTable {
  readonly #exact = new Map<string, Map<string, Operation>>();
  readonly #prefixes = new Map<string, Template[]>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) {
      const { path, aliases } = operation.definition;
      for (const template of [path, ...aliases]) this.#add(operation, template);
    }
  }

  #add(operation: Operation, path: string): void {
    const { method } = operation.definition;
    const open = path.indexOf("{");
    if (open < 0) {
      const methods = this.#exact.get(path) ?? new Map<string, Operation>();
      this.#exact.set(path, methods.set(method, operation));
      return;
    }
    const close = path.indexOf("}");
    const param = path.slice(open + 1, close);
    const template = {
      operation,
      method,
      param,
      isSpanning: operation.definition.spans.includes(param),
      suffix: path.slice(close + 1),
    };
    const prefix = path.slice(0, open);
    this.#prefixes.set(prefix, [...(this.#prefixes.get(prefix) ?? []), template]);
  }

  match(method: string, target: string): RouteMatch {
    const exact = this.#exact.get(target);
    if (exact !== undefined) {
      const operation = exact.get(method);
      if (operation === undefined) return { kind: "method", allowed: [...exact.keys()] as Method[] };
      return { kind: "operation", operation, raw: {} };
    }
    return this.#matchPrefix(method, target);
  }

  #matchPrefix(method: string, target: string): RouteMatch {
    for (const [prefix, templates] of this.#prefixes) {
      if (!target.startsWith(prefix) || target.length === prefix.length) continue;
      const rest = splitSuffix(target.slice(prefix.length));
      const fitting = templates.filter(
        (template) => template.suffix === rest.suffix && (template.isSpanning || !rest.value.includes("/")),
      );
      if (fitting.length === 0) continue;
      const template = fitting.find((candidate) => candidate.method === method);
      if (template === undefined) return { kind: "method", allowed: fitting.map((one) => one.method) as Method[] };
      return { kind: "operation", operation: template.operation, raw: { ...rest.raw, [template.param]: rest.value } };
    }
    return { kind: "none" };
  }
}

function splitSuffix(rest: string): { value: string; suffix: string; raw: Readonly<Record<string, string>> } {
  const verb = VERB.exec(rest);
  if (verb !== null) return { value: rest.slice(0, verb.index), suffix: verb[0], raw: {} };
  const version = VERSION.exec(rest);
  if (version === null) return { value: rest, suffix: "", raw: {} };
  return {
    value: rest.slice(0, version.index),
    suffix: "/versions/{version}",
    raw: { version: version[1]! },
  };
}
