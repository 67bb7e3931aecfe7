import { isDeepStrictEqual } from "node:util";

const fields = ["version", "dependencies", "devDependencies", "optionalDependencies", "engines", "bin"] as const;

type Manifest = Readonly<Partial<Record<(typeof fields)[number], unknown>>>;

/** `npm ci` refuses a lock file that does not say what the manifests say, and links only the commands that it names. */
export function findOutOfStep(lockText: string, manifests: readonly (readonly [string, string])[]): readonly string[] {
  const { packages } = JSON.parse(lockText) as { packages: Readonly<Record<string, Manifest>> };
  return manifests.flatMap(([file, text]) => {
    const manifest = JSON.parse(text) as Manifest;
    const locked = packages[file.replace(/\/?package\.json$/, "")] ?? {};
    return fields
      .filter((field) => !isDeepStrictEqual(normal(field, manifest[field]), normal(field, locked[field])))
      .map((field) => `package-lock.json: ${field} of ${file} is not what that file says; run npm install`);
  });
}

/** npm leaves out what is empty, and the ./ of a command's path. */
function normal(field: string, value: unknown): unknown {
  if (value === undefined || typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value as Record<string, string>);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    field === "bin" ? entries.map(([name, path]) => [name, path.replace(/^\.\//, "")]) : entries,
  );
}
