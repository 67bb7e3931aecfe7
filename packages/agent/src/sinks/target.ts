import type { SinkSettings } from "@holdfast/notify";

const MAX_LENGTH = 256;

/** Where a sink sends to, for people: hosts, never the path of an address, which may be its secret. */
export function targetOf(settings: SinkSettings): string {
  switch (settings.kind) {
    case "webhook":
    case "slack":
    case "teams":
      return "url" in settings.url ? bounded(settings.url.url.origin) : "an address that is kept as a secret";
    case "smtp":
      return bounded(`${settings.host}:${settings.port}, to ${settings.to.join(", ")}`);
    case "syslog":
      return bounded(`${settings.transport}://${settings.host}:${settings.port}`);
    case "stdout":
      return "standard output";
  }
}

const bounded = (text: string): string => (text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`);
