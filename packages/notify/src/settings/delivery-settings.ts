import { defaultBreakerPolicy } from "../machines/circuit-breaker.ts";
import { dayNames, type QuietHours } from "../machines/quiet-hours.ts";
import { defaultRetryPolicy } from "../machines/retry-schedule.ts";
import type { Route } from "../machines/route.ts";
import { severities } from "../notification.ts";
import type { SinkKind } from "../sinks/sink.ts";
import { complain, Fields, type Place, type Reader } from "./fields.ts";
import { listOf, oneOf, seconds, text, whole } from "./readers.ts";
import type { DeliverySettings } from "./settings.ts";

/** What route and rules may refer to; a name that does not exist is refused, never taken for everything (ATTACKS 44). */
export interface KnownNames {
  readonly routes: ReadonlyMap<string, Route | undefined>;
  /** Ids of the rules that there are; undefined when nobody can tell. */
  readonly rules: readonly string[] | undefined;
}

/** Programs read every alert; people are told of the same thing once in a while. */
const DEFAULT_GROUP_MS: Readonly<Record<SinkKind, number>> = {
  webhook: 300_000,
  slack: 300_000,
  teams: 300_000,
  smtp: 300_000,
  syslog: 0,
  stdout: 0,
};

/** Reads what every kind of sink has. */
export function readDelivery(fields: Fields, name: string, kind: SinkKind, known: KnownNames): DeliverySettings {
  const { factor } = defaultRetryPolicy;
  return {
    name,
    kind,
    route: fields.take("route", routeReader(known)) ?? {},
    rate: fields.take("rate", rate),
    groupMs: fields.take("groupSeconds", seconds(0, 3_600)) ?? DEFAULT_GROUP_MS[kind],
    quietHours: fields.take("quietHours", listOf(quietHours, 16)) ?? [],
    retry: { ...defaultRetryPolicy, ...fields.take("retry", retry), factor },
    breaker: { ...defaultBreakerPolicy, ...fields.take("breaker", breaker) },
    attemptTimeoutMs: fields.take("attemptTimeoutSeconds", seconds(1, 300)) ?? 30_000,
    failuresTo: fields.take("failuresTo", text(/^[a-z0-9][a-z0-9-]{0,62}$/, "the name of another sink")),
  };
}

/** A route by its name, or in place. */
function routeReader(known: KnownNames): Reader<Route> {
  return (value, place) => {
    if (typeof value !== "string") return readRoute(value, place, known.rules);
    if (known.routes.size === 0) return complain(place, "must be the name of a route, and none is defined");
    if (!known.routes.has(value)) oneOf([...known.routes.keys()])(value, place);
    return known.routes.get(value);
  };
}

/** Severities, rules and tags; every list that is given has to be met. */
export function readRoute(value: unknown, place: Place, ruleIds: readonly string[] | undefined): Route | undefined {
  const fields = Fields.of(value, place);
  if (fields === undefined) return undefined;
  const wanted = fields.take("severities", listOf(oneOf(severities), severities.length));
  const rules = fields.take("rules", listOf(ruleReader(ruleIds), 256));
  const tags = fields.take("tags", listOf(text(/^[\w.:-]{1,64}$/, "a tag"), 64));
  fields.close();
  if (!["severities", "rules", "tags"].some((name) => fields.has(name))) {
    return complain(place, "must name severities, rules or tags; leave it out to take everything");
  }
  return { ...(wanted && { severities: wanted }), ...(rules && { rules }), ...(tags && { tags }) };
}

function ruleReader(ruleIds: readonly string[] | undefined): Reader<string> {
  const form = text(/^[\w.-]{1,128}\*?$/, "the id of a rule, or its beginning and *");
  return (value, place) => {
    const rule = form(value, place);
    if (rule === undefined || ruleIds === undefined) return rule;
    if (rule.endsWith("*")) {
      const exists = ruleIds.some((id) => id.startsWith(rule.slice(0, -1)));
      return exists ? rule : complain(place, "must be the beginning of a rule's id, and no rule's is");
    }
    return ruleIds.includes(rule) ? rule : complain(place, "must be the id of a rule, and no rule has it");
  };
}

const rate = section((fields) => ({
  perMinute: fields.need("perMinute", whole(1, 60_000)) ?? 1,
  burst: fields.take("burst", whole(1, 10_000)) ?? 10,
}));

const retry = section((fields) => ({
  attempts: fields.take("attempts", whole(1, 20)) ?? defaultRetryPolicy.attempts,
  initialMs: fields.take("initialSeconds", seconds(0.1, 600)) ?? defaultRetryPolicy.initialMs,
  maxMs: fields.take("maxSeconds", seconds(1, 900)) ?? defaultRetryPolicy.maxMs,
}));

const breaker = section((fields) => ({
  failures: fields.take("failures", whole(1, 100)) ?? defaultBreakerPolicy.failures,
  openMs: fields.take("openSeconds", seconds(1, 3_600)) ?? defaultBreakerPolicy.openMs,
  successes: fields.take("successes", whole(1, 100)) ?? defaultBreakerPolicy.successes,
}));

const quietHours = section(
  (fields): QuietHours => ({
    zone: fields.need("zone", zone) ?? "UTC",
    days: fields.take("days", listOf(oneOf(dayNames), dayNames.length)) ?? dayNames,
    fromMinute: fields.need("from", timeOfDay) ?? 0,
    toMinute: fields.need("to", timeOfDay) ?? 0,
    passes: fields.take("passes", passing) ?? ["critical"],
  }),
);

/** Severities that are told in quiet hours too; `[]` says that none is, plainly. */
const passing: Reader<QuietHours["passes"]> = (value, place) =>
  Array.isArray(value) && value.length === 0 ? [] : listOf(oneOf(severities), severities.length)(value, place);

const zone: Reader<string> = (value, place) => {
  try {
    if (typeof value === "string")
      return new Intl.DateTimeFormat("en-GB", { timeZone: value }).resolvedOptions().timeZone;
  } catch {
    // Said below.
  }
  return complain(place, "must be the name of a time zone, such as Europe/Berlin");
};

const timeOfDay: Reader<number> = (value, place) => {
  const match = typeof value === "string" ? /^(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)$/.exec(value) : null;
  if (match === null) return complain(place, 'must be a time of day in quotes, such as "22:00"');
  return Number(match.groups?.["hour"]) * 60 + Number(match.groups?.["minute"]);
};

function section<T>(read: (fields: Fields) => T): Reader<T> {
  return (value, place) => {
    const fields = Fields.of(value, place);
    if (fields === undefined) return undefined;
    const result = read(fields);
    fields.close();
    return result;
  };
}
