import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure, usage } from "../../failure.ts";
import { compact } from "../../given.ts";
import { pages } from "../pages.ts";
import { bytesOf } from "../registry/print-value.ts";
import { derivedName, isVariableName } from "./variable-name.ts";

/** Reads the secrets of `NAME=path` pairs and of a folder; all of them, or it throws. Messages name paths only. */
export async function collectSecrets(
  context: Context,
  pairs: readonly string[],
  prefix: string | undefined,
): Promise<Record<string, string>> {
  const wanted = new Map<string, string>();
  if (prefix !== undefined) for (const [name, path] of await inFolder(context, prefix)) add(wanted, name, path);
  for (const [name, path] of pairs.map(pairOf)) wanted.set(name, path);
  const values: Record<string, string> = {};
  for (const [name, path] of wanted) values[name] = await read(context, path);
  return values;
}

function pairOf(text: string): [string, string] {
  const [, name, path] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || path === undefined) throw usage("--secret takes NAME=path");
  if (!isVariableName(name)) throw usage(`"${name}" is no name for a variable`);
  return [name, path];
}

async function inFolder({ call, env }: Context, prefix: string): Promise<[string, string][]> {
  const items = await pages((after) => call("secret.list", compact({ prefix, after })));
  const paths = items.filter(({ kind }) => kind === "secret").map(({ key }) => key);
  if (paths.length === 0) throw new Failure(exitCodes.notFound, `there is no secret in ${prefix} that you may list`);
  return paths.map((path) => [derivedName(path, env), path]);
}

function add(wanted: Map<string, string>, name: string, path: string): void {
  const other = wanted.get(name);
  if (other !== undefined)
    throw usage(`${other} and ${path} would both be ${name}`, "name them with --secret NAME=path");
  wanted.set(name, path);
}

async function read({ call }: Context, path: string): Promise<string> {
  const bytes = bytesOf(await call("secret.read", { key: path }));
  const text = bytes.toString("utf8");
  if (text.includes("\0") || !Buffer.from(text, "utf8").equals(bytes)) {
    throw new Failure(exitCodes.failed, `${path} holds bytes that cannot stand in an environment`);
  }
  return text;
}
