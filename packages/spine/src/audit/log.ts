import { type Context, type FoundEntry, type Input, type PayloadOpener, type Plan, Refusal } from "@holdfast/engine";
import { fromHex, fromUtf8 } from "@holdfast/kernel/bytes";
import { type Ledger, visibleTenant } from "./ledger.ts";

const DEFAULT_LIMIT = 50;

interface Query {
  readonly limit?: number;
  readonly before?: number;
  readonly actor?: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly resource?: string;
  readonly path?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Entries newest first; the payload's names stand beside each while its key is kept. */
export function log(ledger: Ledger) {
  return async (context: Context, input: Input): Promise<Plan> => {
    const query = input.query as Query;
    const tenant = await visibleTenant(ledger, context);
    const resource = query.path === undefined ? query.resource : await resourceAt(ledger, context, query.path);
    const found = await ledger.reader.find({
      where: present({ tenant, actor: query.actor, action: query.action, outcome: query.outcome, resource }),
      limit: query.limit ?? DEFAULT_LIMIT,
      before: query.before,
      sinceMs: timeOf("since", query.since),
      untilMs: timeOf("until", query.until),
    });
    const items = await viewsOf(ledger, found.items);
    return { output: found.next === undefined ? { items } : { items, next: found.next } };
  };
}

function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Entries name a path by its node; a path that never existed has none. */
async function resourceAt(ledger: Ledger, { reads, tenant }: Context, path: string): Promise<string> {
  return (await ledger.resourceAt(reads, tenant, path)) ?? "none";
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new Refusal("invalid_input", `${name} is not a time.`, {
      errors: [{ pointer: `/query/${name}`, message: "is an RFC 3339 time, such as 2030-01-31T12:00:00Z" }],
    });
  }
  return time;
}

interface Payload {
  readonly from?: string;
  readonly credential?: string;
  readonly request?: string;
  readonly facts?: { readonly path?: unknown; readonly params?: { readonly key?: unknown; readonly path?: unknown } };
}

async function viewsOf({ payloadOpener, reader }: Ledger, found: readonly FoundEntry[]) {
  const open = payloadOpener();
  const records = await reader.recordsAt(found.map(({ entry }) => entry.seq));
  const views = [];
  for (const [index, item] of found.entries())
    views.push(await viewOf(item, records[index]?.payload ?? undefined, open));
  return views;
}

async function viewOf({ entry }: FoundEntry, sealed: Uint8Array | undefined, open: PayloadOpener) {
  const { seq, time, tenant, actor, action, resource, outcome, reason } = entry;
  const opened = sealed === undefined ? undefined : await open(sealed, fromHex(entry.commitment));
  const payload = opened?.ok === true ? (JSON.parse(fromUtf8(opened.payload)) as Payload) : {};
  const path = payload.facts?.path ?? payload.facts?.params?.key ?? payload.facts?.params?.path;
  return {
    seq,
    time,
    tenant,
    actor,
    action,
    resource,
    outcome,
    reason,
    ...present({
      path: typeof path === "string" ? path : undefined,
      address: payload.from,
      accessor: payload.credential,
      requestId: payload.request,
    }),
  };
}
