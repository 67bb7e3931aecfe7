import { idempotencyTable, type Table } from "@holdfast/engine";
import { accessTables } from "../access/index.ts";
import { identityTables } from "../identity/index.ts";
import { keyringTables } from "../keyring/index.ts";
import { registryTables } from "../registry/index.ts";
import { tenantsTables } from "../tenants/index.ts";

/** Every table of a server; what is not here cannot be written. */
export const tables: readonly Table[] = [
  ...keyringTables,
  ...tenantsTables,
  ...accessTables,
  ...identityTables,
  ...registryTables,
  idempotencyTable,
];
