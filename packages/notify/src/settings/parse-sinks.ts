import { facilities, type Facility } from "../format/syslog-message.ts";
import type { Route } from "../machines/route.ts";
import { type SinkKind, sinkKinds } from "../sinks/sink.ts";
import { type KnownNames, readDelivery, readRoute } from "./delivery-settings.ts";
import { complain, Fields, type Place, type SettingsIssue } from "./fields.ts";
import {
  hostProblem,
  isLoopbackName,
  needSecretSource,
  readNetwork,
  readSecretSource,
  readUrl,
} from "./network-settings.ts";
import { flag, hostName, listOf, oneOf, text, whole } from "./readers.ts";
import type { DeliverySettings, SinkSettings } from "./settings.ts";

export type ParsedSinks =
  | { readonly ok: true; readonly sinks: readonly SinkSettings[] }
  | { readonly ok: false; readonly issues: readonly SettingsIssue[] };

const MOST_SINKS = 32;
const NAME = text(/^[a-z0-9][a-z0-9-]{0,62}$/, "a name of 1 to 63 small letters, digits and dashes");
const ADDRESS = text(
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/,
  "a mail address such as alerts@example.org",
);
/** Words that people write for a kind. */
const MEANINGS: Readonly<Record<string, SinkKind>> = {
  "e-mail": "smtp",
  email: "smtp",
  mail: "smtp",
  http: "webhook",
  https: "webhook",
  msteams: "teams",
  console: "stdout",
  json: "stdout",
};
/** For documentation (RFC 5612); whoever has a number of their own sets it. */
const EXAMPLE_ENTERPRISE = 32_473;

/**
 * Reads the settings of sinks: `{ routes, sinks }`, or the list of sinks alone. All that is wrong is said at once; with
 * one thing wrong, nothing is taken.
 */
export function parseSinks(value: unknown, { ruleIds }: { readonly ruleIds?: readonly string[] } = {}): ParsedSinks {
  const issues: SettingsIssue[] = [];
  const fields = Fields.of(Array.isArray(value) ? { sinks: value } : value, { path: "", issues });
  const routes =
    fields?.take("routes", (given, place) => readRoutes(given, place, ruleIds)) ?? new Map<string, Route>();
  const read = (one: unknown, place: Place) => readSink(one, place, { routes, rules: ruleIds });
  const sinks = fields?.take("sinks", (given, place) =>
    Array.isArray(given) && given.length === 0 ? [] : listOf(read, MOST_SINKS)(given, place),
  );
  fields?.close();
  checkNames(sinks ?? [], issues);
  return issues.length === 0 ? { ok: true, sinks: sinks ?? [] } : { ok: false, issues };
}

function readRoutes(
  value: unknown,
  place: Place,
  ruleIds: readonly string[] | undefined,
): ReadonlyMap<string, Route | undefined> | undefined {
  if (Fields.of(value, place) === undefined) return undefined;
  const routes = Object.entries(value as Record<string, unknown>);
  return new Map(
    routes.map(([name, route]) => {
      const at = { ...place, path: `${place.path}.${name.slice(0, 64)}` };
      NAME(name, at);
      return [name, readRoute(route, at, ruleIds)] as const;
    }),
  );
}

function readSink(value: unknown, place: Place, known: KnownNames): SinkSettings | undefined {
  const fields = Fields.of(value, place);
  if (fields === undefined) return undefined;
  const name = fields.need("name", NAME);
  const kind = fields.need("kind", oneOf(sinkKinds, MEANINGS));
  // Of a kind that nobody knows, nothing else can be right or wrong.
  if (kind === undefined) return undefined;
  const sink = readKind(fields, readDelivery(fields, name ?? "", kind, known), kind);
  fields.close();
  return sink;
}

function readKind(fields: Fields, delivery: DeliverySettings, kind: SinkKind): SinkSettings | undefined {
  switch (kind) {
    case "webhook":
      return readWebhook(fields, delivery);
    case "slack":
    case "teams":
      return readChat(fields, delivery, kind);
    case "smtp":
      return readSmtp(fields, delivery);
    case "syslog":
      return readSyslog(fields, delivery);
    case "stdout":
      return { ...delivery, kind };
  }
}

function readWebhook(fields: Fields, delivery: DeliverySettings): SinkSettings | undefined {
  const network = readNetwork(fields);
  const url = readUrl(fields, network.policy);
  const signingSecret = needSecretSource(fields, "secret");
  const authorization = readSecretSource(fields, "authorization");
  const followsSameOrigin = fields.take("followRedirectsToSameOrigin", flag) ?? false;
  if (url === undefined || signingSecret === undefined) return undefined;
  return { ...delivery, kind: "webhook", network, url, followsSameOrigin, signingSecret, authorization };
}

function readChat(fields: Fields, delivery: DeliverySettings, kind: "slack" | "teams"): SinkSettings | undefined {
  const network = readNetwork(fields);
  const url = readUrl(fields, network.policy);
  return url && { ...delivery, kind, network, url };
}

const DEFAULT_SMTP_PORTS = { implicit: 465, starttls: 587, none: 25 } as const;

function readSmtp(fields: Fields, delivery: DeliverySettings): SinkSettings | undefined {
  const network = readNetwork(fields);
  const host = fields.need("host", hostName);
  const security = fields.take("security", oneOf(["starttls", "implicit", "none"] as const)) ?? "starttls";
  const port = fields.take("port", whole(1, 65_535)) ?? DEFAULT_SMTP_PORTS[security];
  const user = fields.take("user", text(/^[^\0\r\n]{1,256}$/, "the name to log in with"));
  const password = fields.has("user") ? needSecretSource(fields, "password") : readSecretSource(fields, "password");
  if (!fields.has("user") && password !== undefined) complain(fields.at("user"), "is missing: a password goes with it");
  const from = fields.need("from", ADDRESS);
  const to = fields.need("to", listOf(ADDRESS, 20));
  checkHost(fields, host, network, security === "none" ? "security: none" : undefined);
  if (host === undefined || from === undefined || to === undefined) return undefined;
  const auth = user === undefined || password === undefined ? undefined : { user, password };
  return {
    ...delivery,
    kind: "smtp",
    network: plainOnlyHere(network, security === "none"),
    host,
    port,
    security,
    auth,
    from,
    to,
  };
}

function readSyslog(fields: Fields, delivery: DeliverySettings): SinkSettings | undefined {
  const network = readNetwork(fields);
  const host = fields.need("host", hostName);
  const transport = fields.take("transport", oneOf(["tls", "tcp", "udp"] as const)) ?? "tls";
  const port = fields.take("port", whole(1, 65_535)) ?? (transport === "tls" ? 6_514 : 514);
  const facility = fields.take("facility", oneOf(Object.keys(facilities) as Facility[])) ?? "authpriv";
  const appName = fields.take("appName", text(/^[\x21-\x7E]{1,48}$/, "1 to 48 printable characters")) ?? "holdfast";
  const enterpriseId = fields.take("enterpriseId", whole(1, 2 ** 32 - 1)) ?? EXAMPLE_ENTERPRISE;
  // RFC 5426, 3.2: receivers take 480 bytes, and should take 2,048.
  const maxBytes = fields.take("maxBytes", whole(480, 65_000)) ?? (transport === "udp" ? 2_048 : 8_192);
  checkHost(fields, host, network, undefined);
  if (host === undefined) return undefined;
  return { ...delivery, kind: "syslog", network, host, port, transport, facility, appName, enterpriseId, maxBytes };
}

function checkHost(
  fields: Fields,
  host: string | undefined,
  { policy }: ReturnType<typeof readNetwork>,
  plain: string | undefined,
): void {
  if (host === undefined) return;
  const problem = hostProblem(host, policy);
  if (problem !== undefined) complain(fields.at("host"), problem);
  else if (plain !== undefined && !(policy.allowLoopback && isLoopbackName(host))) {
    complain(fields.at("host"), `must be this host, with allowLoopback: true, because of ${plain}`);
  }
}

/** What is not encrypted stays on this host, wherever its name leads at the time. */
function plainOnlyHere(network: ReturnType<typeof readNetwork>, isPlain: boolean) {
  return isPlain ? { ...network, policy: { ...network.policy, loopbackOnly: true } } : network;
}

function checkNames(sinks: readonly SinkSettings[], issues: SettingsIssue[]): void {
  const names = sinks.map(({ name }) => name);
  for (const [index, { name, failuresTo }] of sinks.entries()) {
    if (names.indexOf(name) !== index)
      issues.push({ path: `sinks[${index}].name`, message: "is another sink's name too" });
    if (failuresTo === undefined) continue;
    const others = names.filter((other) => other !== name);
    if (!others.includes(failuresTo)) {
      const path = `sinks[${index}].failuresTo`;
      issues.push({ path, message: "must be the name of another sink, which tells that this one fails" });
    }
  }
}
