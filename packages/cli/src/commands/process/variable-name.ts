import { usage } from "../../failure.ts";

export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name);
}

/** Variables that make a loader, shell or interpreter run code of somebody's choice. */
const steering =
  /^(LD_|DYLD_|GCONV_|GLIBC_|BASH_|NODE_|NPM_|PYTHON|PERL|RUBY|JAVA_|JDK_|GIT_|SSH_|HOLDFAST_|(PATH|IFS|ENV|SHELLOPTS|PS4|PROMPT_COMMAND|HOME|EDITOR|PAGER|CLASSPATH|_JAVA_OPTIONS|MALLOC_CONF|LOCPATH|TMPDIR)$)/;

/**
 * The variable for a secret of a folder: the last segment in capitals. Whoever may write in that folder chooses these
 * names, so one that would change how programs run, or replace what the user set, is refused; --secret still allows it.
 */
export function derivedName(path: string, env: Readonly<NodeJS.ProcessEnv>): string {
  const segment = path.slice(path.lastIndexOf("/") + 1);
  const name = segment.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
  const refusal = refusalOf(name, env);
  if (refusal === undefined) return name;
  throw usage(`${path} would set ${name}, which ${refusal}`, "name it yourself: --secret NAME=path");
}

function refusalOf(name: string, env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  if (!isVariableName(name)) return "is no name for a variable";
  if (steering.test(name)) return "steers how programs run";
  return Object.hasOwn(env, name) ? "is set already" : undefined;
}
