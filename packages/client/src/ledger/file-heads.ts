import { randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { ClientError } from "../errors.ts";
import { type HeadStore, isSignedHead, type RememberedHead } from "./head-store.ts";

type Heads = Readonly<Record<string, RememberedHead>>;

/** Remembers in a JSON file, which is replaced as a whole. Processes may share it: the largest head of each server stays. */
export function fileHeads(path: string): HeadStore {
  return {
    load: async (server) => {
      const heads = await read(path);
      return Object.hasOwn(heads, server) ? heads[server] : undefined;
    },
    save: async (server, seen) => {
      const heads = await read(path);
      const known = Object.hasOwn(heads, server) ? heads[server] : undefined;
      if (known && known.head.size > seen.head.size) return;
      await replace(path, JSON.stringify({ ...heads, [server]: seen }, null, 1));
    },
  };
}

/** A damaged file is an error, not an empty memory: else whoever can damage it could hide a rollback. */
async function read(path: string): Promise<Heads> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "{}";
    throw new ClientError("head_store_failed", `cannot read ${path}`, { cause });
  });
  try {
    const heads: unknown = JSON.parse(text);
    if (isHeads(heads)) return heads;
  } catch (cause) {
    throw new ClientError("head_store_failed", `${path} is damaged`, { cause });
  }
  throw new ClientError("head_store_failed", `${path} is damaged`);
}

async function replace(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}`;
  try {
    await writeFile(fresh, text, { mode: 0o600, flag: "wx", flush: true });
    await rename(fresh, path);
  } catch (cause) {
    throw new ClientError("head_store_failed", `cannot write ${path}`, { cause });
  }
}

const isHeads = (value: unknown): value is Heads =>
  typeof value === "object" && value !== null && Object.values(value).every(isRemembered);

function isRemembered(value: unknown): value is RememberedHead {
  const { verifierKey, head } = (value ?? {}) as Partial<RememberedHead>;
  return typeof verifierKey === "string" && isSignedHead(head);
}
