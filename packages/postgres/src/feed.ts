import type { Client } from "pg";
import { CHANNEL } from "./commit-statement.ts";

const RECONNECT_MS = 1_000;

export interface FeedOptions {
  /** Opens the connection that listens; undefined where the database knows no NOTIFY. */
  readonly connect: (() => Promise<Client>) | undefined;
  /** Of the connection that commits: nobody has to be told of what this node wrote itself. */
  readonly ownProcessId: number | undefined;
  /** How often is looked without having been told to. */
  readonly pollMs: number;
  /** Somebody has written. */
  readonly onHint: () => void;
  /** It is time to look, whether or not anybody has. */
  readonly onPoll: () => void;
  /** Whether notifications come in, told when it changes: as long as they do not, looking is all there is. */
  readonly onListening: (isListening: boolean, reason: string) => void;
}

/**
 * Tells when to look for what other nodes wrote: at once by notification, and now and then regardless. A notification
 * carries no knowledge, so that one that is lost, late or forged costs time and nothing else.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #poll: NodeJS.Timeout;
  #client: Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isListening: boolean | undefined;
  #isStopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#poll = setInterval(options.onPoll, options.pollMs);
    if (options.connect !== undefined) void this.#listen(options.connect);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#poll);
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }

  async #listen(connect: () => Promise<Client>): Promise<void> {
    try {
      const client = await connect();
      if (this.#isStopped) return await client.end();
      this.#client = client;
      client.once("error", (cause: Error) => this.#lost(connect, client, cause.message));
      client.once("end", () => this.#lost(connect, client, "the connection ended"));
      client.on("notification", ({ processId }) => {
        if (processId !== this.#options.ownProcessId) this.#options.onHint();
      });
      await client.query(`LISTEN ${CHANNEL}`);
      this.#tell(true, "");
      // What was written before the connection listened was not told.
      this.#options.onPoll();
    } catch (cause) {
      this.#lost(connect, this.#client, (cause as Error).message);
    }
  }

  #lost(connect: () => Promise<Client>, client: Client | undefined, reason: string): void {
    if (this.#isStopped || this.#retry !== undefined || client !== this.#client) return;
    this.#client = undefined;
    client?.end().catch(() => undefined);
    this.#tell(false, reason);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#listen(connect);
    }, RECONNECT_MS);
  }

  #tell(isListening: boolean, reason: string): void {
    if (isListening === this.#isListening) return;
    this.#isListening = isListening;
    this.#options.onListening(isListening, reason);
  }
}
