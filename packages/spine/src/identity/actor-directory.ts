import type { Context } from "@holdfast/engine";
import type { ActorDirectory } from "../access/index.ts";
import { loadActor, loadToken } from "./store.ts";

/** What access asks about actors it knows by id only. */
export const actorDirectory: ActorDirectory = {
  exists: async (context: Context, id: string) => (await loadActor(context.reads, id))?.tenant === context.tenant,
  ofAccessor: async (context: Context, accessor: string) => {
    const token = await loadToken(context.reads, accessor);
    return token?.tenant === context.tenant ? token.actor : undefined;
  },
};
