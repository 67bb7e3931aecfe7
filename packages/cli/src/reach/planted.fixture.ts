import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Root can give folders and servers to others; without it those tests cannot be made. */
export const isRoot = process.geteuid?.() === 0;
export const stranger = 12_345;

export interface Planted {
  readonly working: string;
  readonly folder: string;
  readonly socketPath: string;
  /** Makes the folder, for its mode and owner to be played with. */
  plant(mode?: number, uid?: number): void;
  listen(): Promise<void>;
  listenAs(uid: number): Promise<void>;
  remove(): void;
}

/** A working folder in which somebody may have planted a data folder, or a folder inside one that is there. */
export function planted(inside?: string): Planted {
  const working = mkdtempSync(join(tmpdir(), "holdfast-planted-"));
  const dataFolder = join(working, ".holdfast");
  if (inside !== undefined) mkdirSync(dataFolder, { mode: 0o700 });
  const folder = inside === undefined ? dataFolder : join(dataFolder, inside);
  const socketPath = join(folder, "socket");
  const servers: Server[] = [];
  const children: ChildProcess[] = [];
  // A stranger's server has to get to its socket.
  chmodSync(working, 0o755);
  return {
    working,
    folder,
    socketPath,
    plant: (mode = 0o700, uid = process.geteuid?.() ?? 0) => {
      mkdirSync(folder);
      chmodSync(folder, mode);
      if (uid !== process.geteuid?.()) chownSync(folder, uid, uid);
    },
    listen: async () => {
      const server = createServer((socket) => socket.end());
      servers.push(server);
      await once(server.listen(socketPath), "listening");
    },
    listenAs: async (uid) => {
      const code = `require("node:net").createServer(()=>{}).listen(process.argv[1],()=>console.log("up"))`;
      const child = spawn(process.execPath, ["-e", code, socketPath], {
        uid,
        gid: uid,
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(child);
      await once(child.stdout, "data");
    },
    remove: () => {
      for (const server of servers) server.close();
      for (const child of children) child.kill("SIGKILL");
      rmSync(working, { recursive: true, force: true });
    },
  };
}
