import { join } from "node:path";
import type { Context } from "../../command.ts";
import { headsOf, placeOfSocket } from "../../state/heads.ts";
import { compact } from "../../given.ts";
import type { Verification } from "./show-verification.ts";

/** Verifies a data folder whose server is stopped, with the server's own code, against the head remembered for it. */
export async function verifyOffline({ env }: Context, dataDir: string, withState: boolean): Promise<Verification> {
  const known = await headsOf(placeOfSocket(join(dataDir, "socket")), env).load("");
  const { verifyDataFolder } = await import("@holdfast/server");
  return verifyDataFolder({ dataDir, state: withState, ...compact({ known }) });
}
