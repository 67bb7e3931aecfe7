import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** A file of the repository, by its path from there. */
const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
export const textOf = (file: string): string => readFileSync(pathOf(file), "utf8");

/** A service of the compose file, as far as it is looked at here. */
export interface Service {
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly privileged?: boolean;
  readonly cap_add?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** No parser of YAML is a dependency of ours, but one of a tool that these tests use has one. */
const { parse } = createRequire(createRequire(import.meta.url).resolve("@seriousme/openapi-schema-validator"))(
  "yaml",
) as {
  parse(text: string, options: { merge: boolean }): unknown;
};

/** The compose file with its variables filled in, as `docker compose` does it: `${NAME}`, `${NAME:-default}`, `$$`. */
export function composeWith(variables: Readonly<Record<string, string>>): ComposeFile {
  const text = textOf("deploy/compose/compose.yaml");
  const filled = text.replaceAll(
    /\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (all, name: string, kind: string, rest: string) => {
      if (all === "$$") return "$";
      return variables[name] || (kind === "-" ? rest : "");
    },
  );
  return parse(filled, { merge: true }) as ComposeFile;
}

/** Names of the variables that the compose file asks for. */
export function composeVariables(): ReadonlySet<string> {
  return new Set([...textOf("deploy/compose/compose.yaml").matchAll(/\$\{(\w+)/g)].map((found) => found[1] ?? ""));
}

/** What `deploy/postgres/holdfast.conf` sets. */
export function postgresSettings(): Readonly<Record<string, string>> {
  const lines = textOf("deploy/postgres/holdfast.conf").matchAll(/^(\w+) = (.+)$/gm);
  return Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value]));
}
