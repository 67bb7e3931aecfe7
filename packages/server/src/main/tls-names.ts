import { isIP } from "node:net";
import { wrongSetting } from "@holdfast/runtime";

/** Labels of letters, digits and dashes; the first may be a wildcard (RFC 6125 §6.4.3). */
const DNS_NAME = /^(?=.{1,253}$)(?:\*\.)?(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** DNS names and IP addresses, parted by commas. */
export function tlsNamesOf(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "").map(tlsName);
}

function tlsName(name: string): string {
  // Digits and dots alone are an address that was misspelt, and no client would look for it as a name.
  if (isIP(name) !== 0 || (DNS_NAME.test(name) && !/^[\d.]+$/.test(name))) return name;
  const hint = "Write host names and IP addresses with commas between them, such as holdfast.example.org,10.0.0.7.";
  throw wrongSetting("TLS_NAMES", "holds what is neither a host name nor an IP address", hint);
}
