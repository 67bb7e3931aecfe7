import { Worker } from "node:worker_threads";
import type { Table } from "../table.ts";
import type { Verification } from "./verify.ts";
import type { LedgerIdentity } from "./verify-ledger.ts";
import type { TreeHead } from "../committer/recovery.ts";

/** A module that is loaded in the verification's thread, with what is cloned into it. */
export interface VerifierModule {
  /** URL of a file. */
  readonly module: string;
  readonly data: unknown;
}

export interface VerifierOptions {
  /** Module with `openSnapshot` (see OpenSnapshot): the database that is verified. */
  readonly source: VerifierModule;
  readonly identity: LedgerIdentity;
  readonly known: readonly TreeHead[];
  readonly state?: {
    readonly tables: readonly Table[];
    readonly stateKey: Uint8Array;
    readonly erasureActions: readonly string[];
    /** Module with `createPayloadOpener(data): Promise<PayloadOpener>`. */
    readonly opener: VerifierModule;
  };
}

export type VerifierMessage =
  | { readonly kind: "progress"; readonly verified: number; readonly size: number }
  | { readonly kind: "done"; readonly verification: Verification };

export interface RunningVerification {
  /** Rejects when the thread fails, or is stopped. */
  readonly result: Promise<Verification>;
  readonly progress: { readonly verified: number; readonly size: number };
  stop(): Promise<void>;
}

/** Verifies in a thread of its own; a server does so after each start, and when it is asked to. */
export function startVerification(options: VerifierOptions): RunningVerification {
  const worker = new Worker(new URL("verifier-worker.ts", import.meta.url), { workerData: options, name: "verifier" });
  const { promise, resolve, reject } = Promise.withResolvers<Verification>();
  let progress = { verified: 0, size: 0 };
  worker.on("message", (message: VerifierMessage) => {
    if (message.kind === "progress") {
      progress = { verified: message.verified, size: message.size };
      return;
    }
    resolve(message.verification);
    // An opener of payloads may hold connections, which would keep the thread.
    void worker.terminate();
  });
  worker.on("error", reject);
  worker.on("exit", () => reject(new Error("The verification was stopped.")));
  // A caller that stopped it need not listen.
  promise.catch(() => undefined);
  return {
    result: promise,
    get progress() {
      return progress;
    },
    stop: async () => void (await worker.terminate()),
  };
}
