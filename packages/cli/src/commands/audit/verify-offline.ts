import { join } from "node:path";
import type { Context } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { Failure } from "../../failure.ts";
import { headsOf, placeOfSocket } from "../../state/heads.ts";
import type { Verification } from "./show-verification.ts";

/** Verifies a data folder whose server is stopped, with the server's own code, against the head remembered for it. */
export async function verifyOffline({ env }: Context, dataDir: string, withState: boolean): Promise<Verification> {
  const known = await headsOf(placeOfSocket(join(dataDir, "socket")), env).load("");
  const { verifyDataFolder } = await import("@holdfast/server");
  try {
    return await verifyDataFolder({ dataDir, state: withState, known, env });
  } catch (error) {
    throw failureOf(error);
  }
}

/** Verifies a data folder whose agent is stopped, with the agent's own code, against the head remembered for it. */
export async function verifyAgentOffline({ env }: Context, dataDir: string, state: boolean): Promise<Verification> {
  const known = await headsOf(placeOfSocket(join(dataDir, "socket")), env).load("");
  const { verifyAgentFolder } = await import("@holdfast/agent");
  try {
    return await verifyAgentFolder({ told: { env, flags: {} }, dataDir, state, known });
  } catch (error) {
    throw failureOf(error);
  }
}

/** The program's own sentence for a folder it cannot read (no root key, no database, another user's). */
function failureOf(error: unknown): unknown {
  if (!(error instanceof Error) || !("hint" in error) || typeof error.hint !== "string") return error;
  return new Failure(exitCodes.failed, error.message, error.hint);
}
