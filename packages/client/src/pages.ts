import type { OperationName } from "@holdfast/contract";
import type { Operations } from "@holdfast/contract/types";
import type { Call } from "./call.ts";
import { rowOf } from "./encode.ts";
import { ClientError } from "./errors.ts";
import type { CallOptions } from "./options.ts";

interface Page {
  readonly items: readonly unknown[];
  readonly next?: unknown;
}

/** Operations that answer with items, page by page. */
export type PagedName = {
  [Name in OperationName]: Operations[Name]["output"] extends Page ? Name : never;
}[OperationName];

export type Item<Name extends PagedName> = Operations[Name]["output"]["items"][number];

/** All items of a list, one after the other; the next page is fetched when its first item is asked for. */
export async function* pagesOf<Name extends PagedName>(
  call: Call,
  name: Name,
  input: Operations[Name]["input"],
  options?: CallOptions,
): AsyncGenerator<Item<Name>, void, undefined> {
  const cursor = "before" in rowOf(name).fields ? "before" : "after";
  let from: object = {};
  for (let last: unknown; ; ) {
    const page: Page = await call(name, { ...input, ...from }, options);
    yield* page.items as Iterable<Item<Name>>;
    if (page.next === undefined) return;
    if (page.next === last) throw new ClientError("bad_answer", "the server gave the same page twice");
    last = page.next;
    from = { [cursor]: page.next };
  }
}
