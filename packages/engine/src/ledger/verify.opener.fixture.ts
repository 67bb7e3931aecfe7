import { openPlain } from "../committer/committer.fixture.ts";
import type { PayloadOpener } from "./verify-state.ts";

/** What a server hands to the verifier's thread: made there, from what was cloned into it. */
export function createPayloadOpener(data: unknown): Promise<PayloadOpener> {
  const { note } = data as { readonly note: string };
  return note === "handed in" ? Promise.resolve(openPlain) : Promise.reject(new Error("nothing was handed in"));
}
