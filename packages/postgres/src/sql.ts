/** Types of columns and parameters, by what declarations call them. */
export const SQL_TYPES = { text: "text", integer: "bigint", blob: "bytea" } as const;

/** A declared name as an identifier: declarations allow no quote in it. */
export const quoted = (name: string): string => `"${name}"`;
