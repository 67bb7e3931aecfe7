import type { Logger } from "@holdfast/engine";
import type { PostgresSettings } from "@holdfast/postgres";
import { problems, type RootKeySource, startDuties } from "@holdfast/spine";
import type { AgentBeside } from "./agent-beside.ts";
import { assemble } from "./assemble.ts";
import { openAuthority } from "./authority-file.ts";
import type { Configuration } from "./configuration.ts";
import { hardenProcess } from "@holdfast/runtime";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { pagesOf } from "./pages.ts";
import { listen } from "./listeners.ts";

export interface RunningServer {
  readonly address: string;
  readonly folder: DataFolder;
  /** Undefined: the database is in the folder. */
  readonly storage: PostgresSettings | undefined;
  readonly isNew: boolean;
  readonly seal: RootKeySource["kind"];
  readonly startedInMs: number;
  /** Drains and closes; nothing that was acknowledged is lost by not waiting for it. */
  stop(): Promise<void>;
}

/**
 * Starts a server on its data folder, or throws the StartFailure that says what is in the way. The agent, where there is one,
 * is started when the server is there, and ends with it.
 */
export async function startServer(
  configuration: Configuration,
  log: Logger,
  agent?: AgentBeside,
): Promise<RunningServer> {
  const hardening = hardenProcess();
  const folder = openDataFolder(configuration.dataDir);
  const features = () => (agent === undefined ? [] : [agent.feature()]);
  const assembly = await assemble({ configuration, folder, log, hardening, features });
  const { gate, operations, keyring, ledger, metrics, reads, actors, systemTenant } = assembly;
  const stopDuties = startDuties({ gate, keyring, reads, ledger, actor: actors.server, systemTenant, log });
  assembly.verifyAll();
  try {
    const authority = await openAuthority(folder.ca, ledger.authoritySeed, ledger.origin, Date.now());
    const pages = pagesOf({ notReady: () => assembly.refusal()?.message }, () => metrics.text());
    const door = { gate, operations, problems, pages, onStray: metrics.stray };
    const listening = await listen(configuration, folder, authority, door);
    agent?.start();
    return {
      address: listening.address,
      folder,
      storage: configuration.storage,
      isNew: assembly.isNew,
      seal: configuration.rootKey.kind,
      startedInMs: performance.now(),
      async stop() {
        const isOver = ledger.giveUpWhenSilent();
        await Promise.all([agent?.stop(), listening.close()]);
        await stopDuties();
        await assembly.close();
        isOver();
      },
    };
  } catch (error) {
    await stopDuties();
    await assembly.close();
    throw error;
  }
}
