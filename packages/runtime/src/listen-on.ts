import { StartFailure } from "./start-failure.ts";

/** What an operator can do about a place that cannot be listened on. */
export interface ListenHints {
  /** Somebody else listens there. */
  readonly inUse: string;
  readonly unusable: string;
}

/** Starts to listen, or throws the StartFailure that says why that is not possible there. */
export async function listenOn(start: () => Promise<unknown>, place: string, hints: ListenHints): Promise<void> {
  try {
    await start();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EADDRINUSE") {
      throw new StartFailure("address_in_use", `The address ${place} is already in use.`, hints.inUse, cause);
    }
    throw new StartFailure("configuration", `Cannot listen on ${place} (${String(code)}).`, hints.unusable, cause);
  }
}
