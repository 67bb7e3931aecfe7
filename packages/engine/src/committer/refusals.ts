import { Refusal } from "../errors.ts";

const RETRY_AFTER_SECONDS = 1;

/** Nothing can be written at the moment: the writer is being replaced, or the server is closing. Nothing was begun. */
export const notRecording = (): Refusal =>
  new Refusal("storage_failed", "The server cannot record operations at the moment.", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    hint: "Nothing was done. Try again; /readyz tells when.",
  });

export const overloaded = (): Refusal =>
  new Refusal("overloaded", "More operations wait to be recorded than the server takes on.", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });

/** The batch failed, or its writer was lost with it. */
export const notRecorded = (): Refusal =>
  new Refusal("storage_failed", "The operation could not be recorded; whether it stands is not known.", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    hint: "Read before you try again.",
  });

export const unfitChange = (cause: unknown): Refusal =>
  new Refusal("internal", "A change does not fit its table.", { cause });
