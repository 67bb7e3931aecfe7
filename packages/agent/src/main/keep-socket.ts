import { lstatSync, rmSync, type Stats } from "node:fs";
import type { Server } from "node:net";
import type { Logger } from "@holdfast/engine";
import type { Feature } from "@holdfast/runtime";

const EVERY_MS = 5_000;
/** Reachable for its owner alone from the moment that it is there. */
const OWNER_ONLY = 0o177;

/** A socket whose name is watched, and who hears that it was taken. */
export interface SocketKeeping {
  readonly path: string;
  /** Listens at the path already. */
  readonly server: Server;
  readonly log: Logger;
  /** Told once of each time that something else stood in the socket's place, and what. */
  readonly onTaken: (found: string) => void;
}

/**
 * Sees to it that the name of a Unix socket leads to whoever listens on it. A server whose socket was removed or replaced
 * hears nothing any more and nothing of that either: commands fail, or somebody else answers them.
 */
export class SocketKeeper {
  readonly #with: SocketKeeping;
  readonly #timer: NodeJS.Timeout;
  #bound: Stats | undefined;
  #problem: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(keeping: SocketKeeping) {
    this.#with = keeping;
    this.#bound = lookAt(keeping.path);
    this.#timer = setInterval(() => void this.look(), EVERY_MS).unref();
  }

  /** Looks now, and takes the name back when it leads elsewhere. */
  look(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#look());
    return this.#turn;
  }

  /** Undefined while the name leads here. */
  feature(): Feature | undefined {
    if (this.#problem === undefined) return undefined;
    return { name: "socket", state: "unavailable", detail: `${this.#with.path}: ${this.#problem}` };
  }

  /** To be called before the server is closed, which removes its socket itself. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#turn;
  }

  async #look(): Promise<void> {
    if (this.#isClosed) return;
    const { path, server, log, onTaken } = this.#with;
    const found = lookAt(path);
    if (server.listening && found !== undefined && found.ino === this.#bound?.ino && found.dev === this.#bound.dev) {
      return;
    }
    const isNews = this.#problem === undefined;
    this.#problem = nameOf(found);
    if (isNews) {
      log.error({ path, found: this.#problem }, "the agent's socket was removed or replaced; it is bound anew");
      onTaken(this.#problem);
    }
    try {
      await this.#bindAnew();
      this.#problem = undefined;
    } catch (error) {
      if (isNews) log.error({ err: error, path }, "the agent's socket cannot be bound anew; it is tried again");
    }
  }

  /** Calls that came in through the old socket go on; only its name is given up. */
  async #bindAnew(): Promise<void> {
    const { path, server } = this.#with;
    // Removes what has the name now, so it comes first.
    if (server.listening) server.close();
    rmSync(path, { force: true });
    await listenAt(server, path);
    this.#bound = lookAt(path);
  }
}

function listenAt(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off("listening", settle).off("error", settle);
      if (error === undefined) resolve();
      else reject(error);
    };
    server.once("listening", settle).once("error", settle);
    // The name is made within this call.
    const before = process.umask(OWNER_ONLY);
    server.listen({ path });
    process.umask(before);
  });
}

/** What has the name itself, wherever it leads. */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function nameOf(found: Stats | undefined): string {
  if (found === undefined) return "nothing is there";
  if (found.isSocket()) return "another socket is there";
  if (found.isSymbolicLink()) return "a link is there";
  return found.isDirectory() ? "a folder is there" : "a file is there";
}
