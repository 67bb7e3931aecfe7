import { parentPort, workerData } from "node:worker_threads";
import { openReadConnection } from "../sqlite/connection.ts";
import type { VerifierMessage, VerifierOptions } from "./verify-thread.ts";
import { verify } from "./verify.ts";
import type { PayloadOpener } from "./verify-state.ts";

/** Thread of a verification: reads the whole ledger without holding up anyone. */
const { path, identity, known, state } = workerData as VerifierOptions;
const post = (message: VerifierMessage): void => parentPort?.postMessage(message);

async function openerOf({ module, data }: NonNullable<VerifierOptions["state"]>["opener"]): Promise<PayloadOpener> {
  const loaded = (await import(module)) as { createPayloadOpener(data: unknown): Promise<PayloadOpener> };
  return loaded.createPayloadOpener(data);
}

const openPayload = state && (await openerOf(state.opener));
const verification = await verify(openReadConnection(path), {
  identity,
  known,
  ...(state && openPayload && { state: { ...state, openPayload } }),
  onProgress: (verified, size) => post({ kind: "progress", verified, size }),
});
post({ kind: "done", verification });
