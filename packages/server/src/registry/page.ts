import { type Context, type Input, Refusal } from "@holdfast/engine";
import type { Cursors } from "@holdfast/spine/keyring";
import { canonical } from "./canonical.ts";
import { type Position, type Shown, type Walk, walk } from "./walk.ts";

const DEFAULT_LIMIT = 100;

export interface Page {
  readonly folder: string;
  readonly items: readonly Shown[];
  readonly next: string | undefined;
}

/**
 * One page of a walk. Its cursor is sealed: it names the row at which a bounded walk stopped, which may be one that the
 * caller must not see.
 */
export async function pageOf(
  cursors: Cursors,
  context: Context,
  { query }: Input,
  how: Pick<Walk, "kinds" | "depth" | "hasFolders">,
): Promise<Page> {
  const { tenant, operation } = context;
  const folder = query["prefix"] === undefined ? "" : canonical(query["prefix"] as string);
  const scope = [tenant, operation.name, folder, `${how.depth}`, `${how.hasFolders}`];
  const limit = (query["limit"] as number | undefined) ?? DEFAULT_LIMIT;
  const from = query["after"] === undefined ? undefined : opened(cursors.open(scope, query["after"] as string));
  const { items, next } = await walk(context, { ...how, folder, limit, from });
  return { folder, items, next: next && cursors.seal(scope, `${next.shown}:${next.path}`) };
}

function opened(position: string | undefined): Position {
  if (position === undefined) {
    throw new Refusal("invalid_input", "This cursor does not belong to this listing.", {
      errors: [{ pointer: "/query/after", message: "is not the next of such an answer" }],
    });
  }
  const colon = position.indexOf(":");
  return { shown: Number(position.slice(0, colon)), path: position.slice(colon + 1) };
}
