import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { loadSilences, type Silence } from "./silences.ts";
import { silenceView } from "./view.ts";

const DEFAULT_LIMIT = 100;
const CURSOR = /^([0-9]{1,16})-(si_[a-z2-7]{26})$/;

/** `silence.list`: those that still hold, in the order in which they end. */
export async function listSilences({ reads, tenant, now }: Context, { query }: Input): Promise<Plan> {
  const limit = (query["limit"] as number | undefined) ?? DEFAULT_LIMIT;
  const isNext = query["after"] === undefined ? () => true : isAfter(query["after"] as string);
  const holding = (await loadSilences(reads, tenant)).filter((one) => one.expiresAt > now && isNext(one));
  const shown = holding.slice(0, limit);
  const last = holding.length > limit ? shown.at(-1) : undefined;
  const next = last && `${last.expiresAt}-${last.id}`;
  return { output: { items: shown.map(silenceView), ...(next !== undefined && { next }) } };
}

function isAfter(cursor: string): (silence: Silence) => boolean {
  const [, end, last] = CURSOR.exec(cursor) ?? [];
  if (end === undefined || last === undefined) {
    const message = "This cursor belongs to no such list.";
    throw new Refusal("invalid_input", message, { errors: [{ pointer: "/query/after", message }] });
  }
  return ({ expiresAt, id }) => expiresAt > Number(end) || (expiresAt === Number(end) && id > last);
}
