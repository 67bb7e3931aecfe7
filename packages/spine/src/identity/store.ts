import type { Reads, StoredRow, Table } from "@holdfast/engine";

export const actorsTable: Table = {
  name: "actors",
  columns: { id: "text", tenant: "text", kind: "text", name: "text?", created_at: "integer" },
  key: ["id"],
  indexes: [["tenant"]],
};

/** Which actor a local uid is; nobody is mapped by default but the owner of the data folder, at `init`. */
export const peersTable: Table = {
  name: "peers",
  columns: { uid: "integer", actor: "text", created_at: "integer" },
  key: ["uid"],
};

/** Tokens as HMAC under a root-derived key: a copy of the database opens nothing. */
export const tokensTable: Table = {
  name: "tokens",
  columns: {
    accessor: "text",
    digest: "blob",
    tenant: "text",
    actor: "text",
    parent: "text?",
    name: "text?",
    created_at: "integer",
    expires_at: "integer?",
    uses_left: "integer?",
  },
  key: ["accessor"],
  indexes: [["digest"], ["tenant"], ["actor"], ["expires_at"], ["parent"]],
};

export const identityTables: readonly Table[] = [actorsTable, peersTable, tokensTable];

export interface Actor {
  readonly id: string;
  readonly tenant: string;
  readonly kind: "person" | "service" | "system";
  readonly name: string | undefined;
}

export interface Token {
  readonly accessor: string;
  readonly digest: Uint8Array;
  readonly tenant: string;
  readonly actor: string;
  readonly parent: string | undefined;
  readonly name: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  /** Good for some uses; how many are left stands in its row alone, which every use changes and no cache may hold. */
  readonly isCounted: boolean;
}

export const actorFootprint = (id: string): string => `actor:${id}`;
export const credentialFootprint = (accessor: string): string => `credential:${accessor}`;
const digestFootprint = (digest: Uint8Array): string => `token:${Buffer.from(digest).toString("base64")}`;

/** Written with every token of an actor, so that of two that end at once one sees that it is the last. */
export const actorTokensFootprint = (actor: string): string => `actor-tokens:${actor}`;

/** Footprints of everything that is remembered about a token. */
export function tokenWrites(token: Pick<Token, "accessor" | "digest" | "actor">): readonly string[] {
  return [credentialFootprint(token.accessor), digestFootprint(token.digest), actorTokensFootprint(token.actor)];
}

export function loadActor(reads: Reads, id: string): Actor | undefined | Promise<Actor | undefined> {
  return reads.cached(actorFootprint(id), async () => {
    const stored = await reads.row(actorsTable, { id });
    if (stored === undefined) return undefined;
    const { row } = stored;
    return {
      id,
      tenant: row["tenant"] as string,
      kind: row["kind"] as Actor["kind"],
      name: (row["name"] as string | null) ?? undefined,
    };
  });
}

export function loadPeer(reads: Reads, uid: number): string | undefined | Promise<string | undefined> {
  return reads.cached(
    `peer:${uid}`,
    async () => (await reads.row(peersTable, { uid }))?.row["actor"] as string | undefined,
  );
}

export function loadTokenByDigest(reads: Reads, digest: Uint8Array): Token | undefined | Promise<Token | undefined> {
  return reads.cached(digestFootprint(digest), async () => {
    const [stored] = await reads.rows(tokensTable, "SELECT * FROM tokens WHERE digest = ?", [digest]);
    return stored === undefined ? undefined : tokenOf(stored);
  });
}

export function loadToken(reads: Reads, accessor: string): Token | undefined | Promise<Token | undefined> {
  return reads.cached(credentialFootprint(accessor), async () => {
    const stored = await reads.row(tokensTable, { accessor });
    return stored === undefined ? undefined : tokenOf(stored);
  });
}

export function tokenOf({ row }: StoredRow): Token {
  return {
    accessor: row["accessor"] as string,
    digest: row["digest"] as Uint8Array,
    tenant: row["tenant"] as string,
    actor: row["actor"] as string,
    parent: (row["parent"] as string | null) ?? undefined,
    name: (row["name"] as string | null) ?? undefined,
    createdAt: row["created_at"] as number,
    expiresAt: (row["expires_at"] as number | null) ?? undefined,
    isCounted: row["uses_left"] !== null,
  };
}
