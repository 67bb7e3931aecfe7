import type { Table } from "@holdfast/engine";
import { spineTables } from "@holdfast/spine";
import { registryTables } from "../registry/index.ts";

/** Every table of a server; what is not here cannot be written. */
export const tables: readonly Table[] = [...spineTables, ...registryTables];
