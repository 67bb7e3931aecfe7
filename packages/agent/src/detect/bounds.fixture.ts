import { ruleTables } from "@holdfast/rules";
import type { RowBounds } from "./protocol.ts";

/** Bounds that show everything. */
export const everything: Readonly<Record<string, RowBounds>> = Object.fromEntries(
  ruleTables.map(({ name }) => [name, { after: 0, upTo: Number.MAX_SAFE_INTEGER }]),
);

/** Never ends by itself. */
export const endless = `SELECT count(*) FROM process_events a, process_events b, process_events c, process_events d
  WHERE a.pid + b.pid + c.pid + d.pid = -1`;
