import { idempotencyTable, type Table } from "@holdfast/engine";
import { accessTables } from "../access/index.ts";
import { identityTables } from "../identity/index.ts";
import { keyringTables } from "../keyring/index.ts";
import { tenantsTables } from "../tenants/index.ts";

/** Tables of whatever has a ledger; a program adds those of its own. */
export const spineTables: readonly Table[] = [
  ...keyringTables,
  ...tenantsTables,
  ...accessTables,
  ...identityTables,
  idempotencyTable,
];
