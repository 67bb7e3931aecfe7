import { hostname } from "node:os";
import type { Writable } from "node:stream";
import { createSecureContext } from "node:tls";
import { asNotifyError, NotifyError } from "../errors.ts";
import type { HttpRoute } from "../http/post.ts";
import { type DialOptions, type Lookup, systemLookup } from "../net/dial.ts";
import type { TlsMaterial } from "../net/secure.ts";
import type { SettingsIssue } from "../settings/fields.ts";
import { urlReader } from "../settings/network-settings.ts";
import type {
  NetworkSettings,
  SecretSource,
  SinkSettings,
  SmtpSettings,
  UrlSource,
  WebhookSettings,
} from "../settings/settings.ts";
import { chatSink } from "./chat.ts";
import { readSecretFile, readText } from "./read-secret-file.ts";
import type { Secret } from "./secret.ts";
import type { Sink } from "./sink.ts";
import { smtpSink } from "./smtp.ts";
import { stdoutSink } from "./stdout.ts";
import { syslogSink } from "./syslog.ts";
import { webhookSink } from "./webhook.ts";

/** A sink, and what is told through it. */
export interface ConfiguredSink {
  readonly sink: Sink;
  readonly settings: SinkSettings;
}

/** What sinks are made with. */
export interface SinkSurroundings {
  /** Gives a secret of the credential store by its name, or throws. */
  readonly credential?: (name: string) => Secret;
  readonly stdout?: Writable;
  readonly lookup?: Lookup;
  readonly wallMs?: () => number;
}

export type OpenedSinks =
  | { readonly ok: true; readonly sinks: readonly ConfiguredSink[] }
  | { readonly ok: false; readonly issues: readonly SettingsIssue[] };

/** Makes the sinks of settings: reads their secrets and certificates now, so that what is missing is said at the start. */
export function openSinks(settings: readonly SinkSettings[], surroundings: SinkSurroundings = {}): OpenedSinks {
  const issues: SettingsIssue[] = [];
  const sinks: ConfiguredSink[] = [];
  for (const one of settings) {
    try {
      sinks.push({ sink: openSink(one, new Opening(surroundings)), settings: one });
    } catch (error) {
      issues.push({ path: one.name, message: asNotifyError(error).message });
    }
  }
  return issues.length === 0 ? { ok: true, sinks } : { ok: false, issues };
}

function openSink(settings: SinkSettings, opening: Opening): Sink {
  switch (settings.kind) {
    case "webhook":
      return openWebhook(settings, opening);
    case "slack":
    case "teams": {
      const { name, kind, network } = settings;
      const url = opening.url(settings.url, network);
      return chatSink({ name, kind, url, route: opening.route(url, network, false), wallMs: opening.wallMs });
    }
    case "smtp":
      return openSmtp(settings, opening);
    case "syslog": {
      const { name, host, port, transport, network, ...format } = settings;
      const target = { host, port };
      return syslogSink({
        name,
        target,
        transport,
        format,
        dialing: opening.dialing(network),
        tls: opening.tls(network),
      });
    }
    case "stdout":
      return stdoutSink({ name: settings.name, stream: opening.stdout, timeoutMs: settings.attemptTimeoutMs });
  }
}

function openWebhook(
  { name, network, url: source, followsSameOrigin, signingSecret, authorization }: WebhookSettings,
  opening: Opening,
): Sink {
  const url = opening.url(source, network);
  return webhookSink({
    name,
    url,
    route: opening.route(url, network, followsSameOrigin),
    signingSecret: opening.secret(signingSecret),
    ...(authorization && { authorization: headerValue(opening.secret(authorization)) }),
    wallMs: opening.wallMs,
  });
}

function openSmtp({ name, host, port, security, network, auth, from, to }: SmtpSettings, opening: Opening): Sink {
  return smtpSink({
    name,
    target: { host, port },
    security,
    dialing: opening.dialing(network),
    tls: opening.tls(network),
    ...(auth && { auth: { user: auth.user, password: opening.secret(auth.password) } }),
    from,
    to,
    ownName: ownName(),
    responseTimeoutMs: network.responseTimeoutMs,
  });
}

/** A name for EHLO: what the host calls itself need not be one. */
function ownName(): string {
  const name = hostname();
  return /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(name) ? name : "[127.0.0.1]";
}

/** A secret that goes into a header must not begin another one (ATTACKS 35). */
function headerValue(secret: Secret): Secret {
  if (/^[\x20-\x7E]{1,4096}$/.test(secret.reveal())) return secret;
  throw new NotifyError("secret_unreadable", "the authorization is not one line of printable characters");
}

/** Reads what settings refer to. */
class Opening {
  readonly #surroundings: SinkSurroundings;
  readonly wallMs: () => number;

  constructor(surroundings: SinkSurroundings) {
    this.#surroundings = surroundings;
    this.wallMs = surroundings.wallMs ?? (() => Date.now());
  }

  get stdout(): Writable {
    return this.#surroundings.stdout ?? process.stdout;
  }

  secret(source: SecretSource): Secret {
    if ("file" in source) return readSecretFile(source.file);
    const { credential } = this.#surroundings;
    if (credential !== undefined) return credential(source.credential);
    throw new NotifyError("secret_unreadable", `there is no credential store to take ${source.credential} from`);
  }

  /** One that is a secret meets the rules of one that is written down. */
  url(source: UrlSource, { policy }: NetworkSettings): URL {
    if ("url" in source) return source.url;
    const issues: SettingsIssue[] = [];
    const url = urlReader(policy)(this.secret(source.from).reveal(), { path: "", issues });
    if (url !== undefined) return url;
    throw new NotifyError("secret_unreadable", `the address in the secret ${issues[0]?.message ?? "is wrong"}`);
  }

  dialing({ policy, connectTimeoutMs }: NetworkSettings): DialOptions {
    return { policy, timeoutMs: connectTimeoutMs, lookup: this.#surroundings.lookup ?? systemLookup };
  }

  route(url: URL, network: NetworkSettings, followsSameOrigin: boolean): HttpRoute {
    const { timeoutMs, lookup, policy } = this.dialing(network);
    const loopbackOnly = url.protocol === "http:"; // what is not encrypted does not leave the host
    return {
      policy: { ...policy, loopbackOnly },
      timeoutMs,
      lookup,
      tls: this.tls(network),
      responseTimeoutMs: network.responseTimeoutMs,
      followsSameOrigin,
    };
  }

  tls({ caFile, certFile, keyFile, serverName }: NetworkSettings): TlsMaterial {
    const material: TlsMaterial = {
      ...(caFile !== undefined && { ca: readText(caFile, { isSecret: false }) }),
      ...(certFile !== undefined && { cert: readText(certFile, { isSecret: false }) }),
      ...(keyFile !== undefined && { key: readText(keyFile, { isSecret: true }) }),
      ...(serverName !== undefined && { serverName }),
    };
    insistUsable(material);
    return material;
  }
}

function insistUsable(material: TlsMaterial): void {
  try {
    createSecureContext(material);
  } catch (cause) {
    throw new NotifyError("secret_unreadable", "the certificate files cannot be used", { cause });
  }
  if (material.ca !== undefined && !material.ca.includes("-----BEGIN CERTIFICATE-----")) {
    throw new NotifyError("secret_unreadable", "caFile holds no certificate in PEM");
  }
}
