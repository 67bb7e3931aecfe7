import type { Command } from "../command.ts";
import { agent } from "./agent/agent.ts";
import { auditExport } from "./audit/export.ts";
import { auditHead } from "./audit/head.ts";
import { auditKey } from "./audit/key.ts";
import { auditLog } from "./audit/log.ts";
import { auditProve } from "./audit/prove.ts";
import { auditVerify } from "./audit/verify.ts";
import { why } from "./decision/why.ts";
import { keyList } from "./key/list.ts";
import { keyRotate } from "./key/rotate.ts";
import { postgresToSqlite } from "./migrate/postgres-to-sqlite.ts";
import { sqliteToPostgres } from "./migrate/sqlite-to-postgres.ts";
import { namespaceList } from "./namespace/list.ts";
import { namespaceSet } from "./namespace/set.ts";
import { namespaceShow } from "./namespace/show.ts";
import { namespaceUnset } from "./namespace/unset.ts";
import { run } from "./process/run.ts";
import { destroy } from "./registry/destroy.ts";
import { get } from "./registry/get.ts";
import { history } from "./registry/history.ts";
import { ls } from "./registry/ls.ts";
import { put } from "./registry/put.ts";
import { rm } from "./registry/rm.ts";
import { tree } from "./registry/tree.ts";
import { undelete } from "./registry/undelete.ts";
import { roleDelete } from "./role/delete.ts";
import { roleGrant } from "./role/grant.ts";
import { roleGrants } from "./role/grants.ts";
import { roleList } from "./role/list.ts";
import { roleShow } from "./role/show.ts";
import { roleUngrant } from "./role/ungrant.ts";
import { roleWrite } from "./role/write.ts";
import { rootKeyExport } from "./root-key/export.ts";
import { rootKeyNew } from "./root-key/new.ts";
import { selfCheck } from "./server/self-check.ts";
import { status } from "./server/status.ts";
import { up } from "./server/up.ts";
import { sentinelDetails, sentinelGroups, sentinelNouns } from "./sentinel.ts";
import { storageGrant } from "./storage/grant.ts";
import { storageMigrate } from "./storage/migrate.ts";
import { storageStatus } from "./storage/status.ts";
import { tenantCreate } from "./tenant/create.ts";
import { tenantDelete } from "./tenant/delete.ts";
import { tenantList } from "./tenant/list.ts";
import { tokenCreate } from "./token/create.ts";
import { tokenList } from "./token/list.ts";
import { tokenLookup } from "./token/lookup.ts";
import { tokenRevoke } from "./token/revoke.ts";

/** Every command, under the heading it has in the help text. */
export const commandGroups: readonly (readonly [heading: string, readonly Command[]])[] = [
  ["Server:", [up, agent, status, selfCheck]],
  ["Secrets and configuration:", [put, get, ls, tree, history, rm, undelete, destroy, run]],
  ["Access:", [tokenCreate, tokenList, tokenLookup, tokenRevoke, roleWrite, roleList, roleShow, roleDelete]],
  ["Access:", [roleGrant, roleUngrant, roleGrants, why]],
  ["Order:", [tenantCreate, tenantList, tenantDelete, namespaceSet, namespaceShow, namespaceList, namespaceUnset]],
  [
    "Storage:",
    [storageStatus, storageMigrate, storageGrant, sqliteToPostgres, postgresToSqlite, rootKeyNew, rootKeyExport],
  ],
  ...sentinelGroups,
  ["Keys and ledger:", [keyList, keyRotate, auditLog, auditVerify, auditProve, auditExport, auditHead, auditKey]],
];

/** What stands beside the name of a group of commands. */
export const nounSummaries: Readonly<Record<string, string>> = {
  token: "Make, list, look up and revoke tokens",
  role: "Roles, and who holds them",
  tenant: "Make, list and delete tenants",
  namespace: "Environments of folders",
  storage: "The PostgreSQL that nodes share",
  migrate: "Move an installation between a data folder and PostgreSQL",
  "root-key": "Make root keys, and copy an agent's",
  key: "Versions of the tenant's key",
  ...sentinelNouns,
  audit: "Read, verify, prove and export the ledger",
};

/** What the help of a group says below its commands. */
export const nounDetails: Readonly<Record<string, string>> = sentinelDetails;
