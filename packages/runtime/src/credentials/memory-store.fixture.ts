import type { CredentialRead, CredentialStore, CredentialWrite } from "./credential-store.ts";

/** A store in memory; `broken` makes it fail as a store does that does not answer. */
export function memoryStore(
  secrets: Map<string, string> = new Map(),
  { isReadOnly = false, broken = false, forgets = false } = {},
): CredentialStore {
  const read = async (name: string): Promise<CredentialRead> => {
    if (broken) return { kind: "failed", reason: "it does not answer" };
    const secret = secrets.get(name);
    return secret === undefined ? { kind: "absent" } : { kind: "found", secret };
  };
  const write = async (name: string, secret: string): Promise<CredentialWrite> => {
    if (secrets.has(name)) return { ok: false, reason: "there is one already" };
    if (!forgets) secrets.set(name, secret);
    return { ok: true };
  };
  const howToProvide = (name: string): string => `put ${name} there`;
  const store = { kind: "file", description: "memory", howToProvide, read } as const;
  return isReadOnly ? store : { ...store, write };
}
