import type { OperationDefinition } from "../definition.ts";
import { pascal, typeName } from "./type-printer.ts";
import { placesOf } from "./places.ts";

const plurals: Readonly<Record<string, string>> = {
  secret: "secrets",
  config: "configs",
  namespace: "namespaces",
  token: "tokens",
  role: "roles",
  grant: "grants",
  decision: "decisions",
  tenant: "tenants",
  key: "keys",
  alert: "alerts",
  silence: "silences",
  sink: "sinks",
  "dead-letter": "deadLetters",
  rule: "rules",
  query: "queries",
  table: "tables",
  host: "hosts",
};

/** `secret.read-version` is `secrets.readVersion`; a name of one word is a verb of the client itself. */
export function placeInGroups(name: string): { group: string | null; verb: string } {
  const [noun = "", rest] = name.split(".");
  if (rest === undefined) return { group: null, verb: noun };
  const [first = "", ...more] = rest.split("-");
  return { group: plurals[noun] ?? noun, verb: first + pascal(more) };
}

/** The ergonomic form of the catalogue: path parameters by position, the rest as one object. */
export function groupsType(definitions: readonly OperationDefinition[]): string {
  const groups = Map.groupBy(definitions, (operation) => placeInGroups(operation.name).group);
  const members = [...groups].map(([group, operations]) => {
    const methods = operations
      .map((operation) => `${methodType(operation, group === null ? "  " : "    ")}\n`)
      .join("");
    return group === null ? methods : `  readonly ${group}: {\n${methods}  };\n`;
  });
  return `/** The same by capability: path parameters come first, all else in one object. \`Options\` are the caller's own. */
export interface Groups<Options> {
${members.join("")}}
`;
}

function methodType(operation: OperationDefinition, indent: string): string {
  const { verb } = placeInGroups(operation.name);
  const input = `${typeName(operation.name)}Input`;
  const params = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, param = ""]) => param);
  const places = Object.entries(placesOf(operation));
  const rest = places.filter(([name]) => !params.includes(name));
  const omitted = params.length ? `Omit<${input}, ${params.map((param) => `'${param}'`).join(" | ")}>` : input;
  const optional = rest.some(([, place]) => place.required) ? "" : "?";
  const positional = params.map((param) => `${param}: ${input}['${param}']`);
  const last = rest.length ? [`input${optional}: ${omitted}`] : [];
  return `${indent}${verb}(${[...positional, ...last, "options?: Options"].join(", ")}): Promise<Operations['${operation.name}']['output']>;`;
}
