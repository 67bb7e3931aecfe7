import * as runtime from "@holdfast/runtime";

const layout = {
  program: "server",
  setting: "HOLDFAST_DATA_DIR",
  files: {
    database: "holdfast.db",
    socket: "socket",
    ca: "ca.pem",
    rootKey: "root.key",
    checkpoint: "checkpoint",
  },
} as const;

/** Where things are in a server's data folder. */
export type DataFolder = runtime.DataFolder<keyof (typeof layout)["files"]>;

/** The places in a server's data folder, whether it exists or not. */
export const dataFolderAt = (path: string): DataFolder => runtime.dataFolderAt(path, layout);

/** Creates a server's data folder when absent, and insists that only its owner can look into it. */
export const openDataFolder = (path: string): DataFolder => runtime.openDataFolder(path, layout);

/** What is written only once there is an entry. */
export const tracesOf = ({ checkpoint, ca }: DataFolder): readonly string[] => [checkpoint, ca];
