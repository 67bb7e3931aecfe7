/** Front door of the server package: what the command starts. */
export { up, type UpOptions } from "./main/up.ts";
export { verifyDataFolder, type VerifyDataFolderOptions } from "./main/verify-data-folder.ts";
