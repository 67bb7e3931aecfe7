import { openPlain } from "../sqlite/committer.fixture.ts";
import type { PayloadOpener } from "./open-payload.ts";

/** What a server hands to the verifier's thread: made there, from what was cloned into it. */
export function createPayloadOpener(data: unknown): Promise<PayloadOpener> {
  const { skip } = data as { readonly skip: number };
  return Promise.resolve((sealed, commitment) => openPlain(sealed.subarray(skip), commitment));
}
