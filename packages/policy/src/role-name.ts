/** The name's grammar: one case, no blanks, ASCII. What is not in it cannot be a look-alike of what is. */
const grammar = /^[a-z][a-z0-9-]{0,62}$/;

/** Names with a meaning of their own here or in other systems; nobody defines a role by one. */
const reserved = [
  "global-admin",
  "tenant-admin",
  "operator",
  "developer",
  "viewer",
  "security-auditor",
  "admin",
  "auditor",
  "reader",
  "writer",
  "root",
  "superuser",
  "administrator",
  "system",
  "default",
  "anonymous",
  "everyone",
] as const;

export type ParsedRoleName =
  | { readonly ok: true; readonly name: string }
  | {
      readonly ok: false;
      readonly reason: "grammar" | "reserved";
      readonly problem: string;
      readonly hint: string;
    };

const skeletons = new Map(reserved.map((name) => [skeletonOf(name), name]));

/**
 * Reads the name of a role to be defined. Reserved names are refused in each spelling that a reader could take for
 * them: case, blanks, Unicode forms, hyphens, digits for letters (ATTACKS 6).
 */
export function parseRoleName(text: string): ParsedRoleName {
  if (!grammar.test(text)) {
    return {
      ok: false,
      reason: "grammar",
      problem: "not a role name",
      hint: "a to z, 0 to 9 and hyphens, a letter first, at most 63",
    };
  }
  const taken = skeletons.get(skeletonOf(text));
  if (taken !== undefined) {
    return {
      ok: false,
      reason: "reserved",
      problem: `reads as the reserved name ${taken}`,
      hint: "choose another name",
    };
  }
  return { ok: true, name: text };
}

/** What is left of a name when everything that the eye may overlook is taken away. */
function skeletonOf(name: string): string {
  return name
    .replaceAll("-", "")
    .replaceAll("0", "o")
    .replaceAll("5", "s")
    .replaceAll(/[1i]/g, "l")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w");
}
