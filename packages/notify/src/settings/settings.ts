import type { Facility } from "../format/syslog-message.ts";
import type { BreakerPolicy } from "../machines/circuit-breaker.ts";
import type { QuietHours } from "../machines/quiet-hours.ts";
import type { RetryPolicy } from "../machines/retry-schedule.ts";
import type { Route } from "../machines/route.ts";
import type { RatePolicy } from "../machines/token-bucket.ts";
import type { AddressPolicy } from "../net/address-policy.ts";
import type { SinkKind } from "../sinks/sink.ts";

/** Where a secret is: in a file that only its owner reads, or in the credential store by name. */
export type SecretSource = { readonly file: string } | { readonly credential: string };

/** What is told through a sink, and when. */
export interface DeliverySettings {
  readonly name: string;
  readonly kind: SinkKind;
  readonly route: Route;
  readonly rate: RatePolicy | undefined;
  /** How long notifications with one dedup key gather; 0: each stands alone. */
  readonly groupMs: number;
  readonly quietHours: readonly QuietHours[];
  readonly retry: RetryPolicy;
  readonly breaker: BreakerPolicy;
  readonly attemptTimeoutMs: number;
  /** The sink that is told when this one fails; another is chosen when there is none. */
  readonly failuresTo: string | undefined;
}

/** How a sink on the network is reached. */
export interface NetworkSettings {
  readonly policy: AddressPolicy;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly serverName: string | undefined;
}

/** An address that is written down, or kept as a secret. */
export type UrlSource = { readonly url: URL } | { readonly from: SecretSource };

export interface WebhookSettings extends DeliverySettings {
  readonly kind: "webhook";
  readonly network: NetworkSettings;
  readonly url: UrlSource;
  readonly followsSameOrigin: boolean;
  readonly signingSecret: SecretSource;
  readonly authorization: SecretSource | undefined;
}

export interface ChatSettings extends DeliverySettings {
  readonly kind: "slack" | "teams";
  readonly network: NetworkSettings;
  readonly url: UrlSource;
}

export interface SmtpSettings extends DeliverySettings {
  readonly kind: "smtp";
  readonly network: NetworkSettings;
  readonly host: string;
  readonly port: number;
  readonly security: "implicit" | "starttls" | "none";
  readonly auth: { readonly user: string; readonly password: SecretSource } | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

export interface SyslogSettings extends DeliverySettings {
  readonly kind: "syslog";
  readonly network: NetworkSettings;
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
  readonly facility: Facility;
  readonly appName: string;
  readonly enterpriseId: number;
  readonly maxBytes: number;
}

export interface StdoutSettings extends DeliverySettings {
  readonly kind: "stdout";
}

export type SinkSettings = WebhookSettings | ChatSettings | SmtpSettings | SyslogSettings | StdoutSettings;
