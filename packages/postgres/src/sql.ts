/** Types of columns and parameters, by what declarations call them. */
export const SQL_TYPES = { text: "text", integer: "bigint", blob: "bytea" } as const;

/** The head's columns, as a SignedHead has them. */
export const SELECT_HEAD = "SELECT origin, size, chain, root, epoch, signature FROM holdfast.head WHERE id = 0";

/** A declared name as an identifier: declarations allow no quote in it. */
export const quoted = (name: string): string => `"${name}"`;
