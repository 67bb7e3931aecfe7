import { Failure } from "../failure.ts";
import { exitCodes } from "../exit-codes.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** More than this does not fit a person's eye or this process's memory; programs page through the API. */
const maxItems = 1_000_000;

/** All items of a list that comes in pages. */
export async function pages<Item>(fetch: (after: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  let after: string | undefined;
  do {
    const page = await fetch(after);
    for (const item of page.items) all.push(item);
    if (all.length > maxItems)
      throw new Failure(exitCodes.failed, `more than ${maxItems} items`, "list a folder below");
    after = page.next === after ? undefined : page.next;
  } while (after !== undefined);
  return all;
}
