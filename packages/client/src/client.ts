import type { Groups, Operations } from "@holdfast/contract/types";
import { routeTo } from "./agent.ts";
import { type Call, callerOf } from "./call.ts";
import { groupsOf } from "./groups.ts";
import { type Confirmed, confirmerOf } from "./ledger/confirm.ts";
import { memoryHeads } from "./ledger/head-store.ts";
import { type CallOptions, type ClientOptions, limitsOf } from "./options.ts";
import { type Item, type PagedName, pagesOf } from "./pages.ts";

export interface Client extends Groups<CallOptions> {
  /** Any operation by its name. */
  readonly call: Call;
  /** All items of a list: `for await (const item of client.pages("secret.list", {}))`. */
  pages<Name extends PagedName>(
    name: Name,
    input: Operations[Name]["input"],
    options?: CallOptions,
  ): AsyncGenerator<Item<Name>, void, undefined>;
  readonly audit: Groups<CallOptions>["audit"] & {
    /** Gets the newest signed head and insists that it continues the one seen before. */
    confirm(options?: CallOptions): Promise<Confirmed>;
  };
  /** Ends kept connections. */
  close(): void;
}

/** A client of one server; it connects when first used, and keeps connections. */
export function createClient(options: ClientOptions): Client {
  const limits = limitsOf(options);
  const route = routeTo(options, limits);
  let newestSeq = -1;
  const call = callerOf(route, options, ({ seq = -1 }) => {
    newestSeq = Math.max(newestSeq, seq);
  });
  const groups = groupsOf(call);
  const confirm = confirmerOf({
    call,
    server: route.server,
    heads: options.heads ?? memoryHeads(),
    verifierKey: options.verifierKey,
    newestSeq: () => newestSeq,
  });
  return {
    ...groups,
    audit: { ...groups.audit, confirm },
    call,
    pages: (name, input, callOptions) => pagesOf(call, name, input, callOptions),
    close: () => route.agent.destroy(),
  };
}
