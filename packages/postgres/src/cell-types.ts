import pg from "pg";

const BYTEA = 17;
const INT8 = 20;

const escapedBytesOf = pg.types.getTypeParser(BYTEA, "text") as unknown as (text: string) => Buffer;

/** How the columns of stored rows are parsed: into the cells that SQLite gives. */
export const cellTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number) => {
    if (oid === INT8) return integerOf;
    if (oid === BYTEA) return bytesOf;
    return pg.types.getTypeParser(oid) as unknown;
  }) as pg.CustomTypesConfig["getTypeParser"],
};

/** Holdfast writes safe integers only: any other stays text, so that the MAC of its row cannot hold. */
function integerOf(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** In memory of its own: small buffers share one, which whoever keeps or posts a cell would keep or post along. */
function bytesOf(text: string): Uint8Array {
  // A role may have been given the older spelling.
  if (!text.startsWith("\\x")) return Uint8Array.from(escapedBytesOf(text));
  const bytes = new Uint8Array((text.length - 2) / 2);
  Buffer.from(bytes.buffer).write(text.slice(2), "hex");
  return bytes;
}
