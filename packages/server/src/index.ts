/** Front door of the server package: what the command starts. */
export type { AgentCommand } from "./main/agent-beside.ts";
export { unknownSettings } from "./main/configuration.ts";
export { up, type UpOptions } from "./main/up.ts";
export { verifyDataFolder, type VerifyDataFolderOptions } from "./main/verify-data-folder.ts";
export type { MovedInstallation } from "./main/migrate/installation.ts";
export { moveToPostgres } from "./main/migrate/move-to-postgres.ts";
export { moveToSqlite } from "./main/migrate/move-to-sqlite.ts";
export { grantStorage, migrateStorage } from "./main/migrate/prepare-storage.ts";
export { type DatabaseStatus, storageStatus } from "./main/migrate/storage-status.ts";
export { verifyStorage } from "./main/migrate/verify-storage.ts";
