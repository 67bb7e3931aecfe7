import type { Logger } from "@holdfast/engine";
import { problems } from "../catalogue.ts";
import { assemble } from "./assemble.ts";
import { openAuthority } from "./authority-file.ts";
import type { Configuration } from "./configuration.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { startDuties } from "./duties.ts";
import { hardenProcess } from "./harden-process.ts";
import { listen } from "./listeners.ts";
import { pagesOf } from "./pages.ts";
import { readOrCreateRootKey } from "./root-key.ts";
import { startVerify } from "./verify.ts";

export interface RunningServer {
  readonly address: string;
  readonly folder: DataFolder;
  readonly isNew: boolean;
  readonly seal: string;
  readonly startedInMs: number;
  /** Drains and closes; nothing that was acknowledged is lost by not waiting for it. */
  stop(): Promise<void>;
}

/** Starts a server on its data folder, or throws the StartFailure that says what is in the way. */
export async function startServer(configuration: Configuration, log: Logger): Promise<RunningServer> {
  const hardening = hardenProcess();
  const folder = openDataFolder(configuration.dataDir);
  const rootKey = readOrCreateRootKey(folder);
  const assembly = await assemble({ configuration, folder, rootKey, log, hardening });
  const { gate, operations, keyring, ledger, metrics, reads, systemTenant } = assembly;
  const stopDuties = startDuties({ gate, keyring, reads, actor: assembly.actors.server, systemTenant, log });
  const verification = startVerify(ledger, { kind: "sqlite", database: folder.database }, rootKey, false);
  assembly.watch(verification);
  try {
    const authority = await openAuthority(folder.ca, ledger.authoritySeed, ledger.origin, Date.now());
    const pages = pagesOf(
      { notReady: () => (assembly.reserve.refusal() ?? ledger.committer.admission())?.message },
      () => metrics.text(),
    );
    const door = { gate, operations, problems, pages, onStray: metrics.stray };
    const listening = await listen(configuration, folder, authority, door);
    return {
      address: listening.address,
      folder,
      isNew: assembly.isNew,
      seal: "development: the root key lies in root.key beside the data, so a copy of the folder opens everything",
      startedInMs: performance.now(),
      async stop() {
        await listening.close();
        await stopDuties();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }

  async function close(): Promise<void> {
    assembly.reserve.stop();
    await verification.stop();
    // The writer goes last: only the last connection to close takes the write-ahead log with it.
    ledger.storage.close();
    await ledger.committer.close();
    keyring.clear();
  }
}
