import { join, resolve } from "node:path";
import type { Context } from "../../command.ts";
import { headsOf, placeOfSocket } from "../../state/heads.ts";
import { orFailure } from "../storage/failure-of-storage.ts";
import type { Verification } from "./show-verification.ts";

/** Verifies the database that nodes share, with the server's own code, against the head remembered for the node here. */
export async function verifyDatabase({ env, workingFolder }: Context, state: boolean): Promise<Verification> {
  const folder = resolve(workingFolder, env["HOLDFAST_DATA_DIR"] || ".holdfast");
  const known = await headsOf(placeOfSocket(join(folder, "socket")), env).load("");
  const { verifyStorage } = await import("@holdfast/server");
  return orFailure(verifyStorage({ env: { ...env, HOLDFAST_DATA_DIR: folder }, state, known }));
}
