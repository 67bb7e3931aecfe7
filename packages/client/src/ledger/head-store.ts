import type { SignedHead } from "@holdfast/contract/types";

/** What a client insists on when it meets a server again. */
export interface RememberedHead {
  readonly verifierKey: string;
  readonly head: SignedHead;
}

/** Keeps the newest head that was seen of each server. */
export interface HeadStore {
  load(server: string): Promise<RememberedHead | undefined>;
  save(server: string, seen: RememberedHead): Promise<void>;
}

/** Remembers as long as the process lives. */
export function memoryHeads(): HeadStore {
  const heads = new Map<string, RememberedHead>();
  return {
    load: async (server) => heads.get(server),
    save: async (server, seen) => {
      heads.set(server, seen);
    },
  };
}

/** Whether it has a head's fields and types: a size that is not a number would pass every comparison. */
export function isSignedHead(value: unknown): value is SignedHead {
  const { origin, size, epoch, root, chain, signature } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    [size, epoch].every((count) => Number.isSafeInteger(count) && (count as number) >= 0) &&
    [root, chain].every((hash) => typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash)) &&
    typeof origin === "string" &&
    typeof signature === "string"
  );
}
