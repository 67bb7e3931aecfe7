import { parentPort, workerData } from "node:worker_threads";
import type { OpenSnapshot } from "./snapshot.ts";
import type { VerifierMessage, VerifierModule, VerifierOptions } from "./verify-thread.ts";
import { verify } from "./verify.ts";
import type { PayloadOpener } from "./open-payload.ts";

/** Thread of a verification: reads the whole ledger without holding up anyone. */
const { source, identity, known, state } = workerData as VerifierOptions;
const post = (message: VerifierMessage): void => parentPort?.postMessage(message);

async function openSource({ module, data }: VerifierModule, isFrozen: boolean) {
  const { openSnapshot } = (await import(module)) as { readonly openSnapshot: OpenSnapshot };
  return openSnapshot(data, isFrozen);
}

async function openerOf({ module, data }: VerifierModule): Promise<PayloadOpener> {
  const loaded = (await import(module)) as { createPayloadOpener(data: unknown): Promise<PayloadOpener> };
  return loaded.createPayloadOpener(data);
}

const openPayload = state && (await openerOf(state.opener));
const snapshot = await openSource(source, state !== undefined);
const verification = await verify(snapshot, {
  identity,
  known,
  ...(state && openPayload && { state: { ...state, openPayload } }),
  onProgress: (verified, size) => post({ kind: "progress", verified, size }),
});
await snapshot.close();
post({ kind: "done", verification });
