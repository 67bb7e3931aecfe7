import { isIP } from "node:net";
import { admits, type AddressPolicy, defaultAddressPolicy } from "../net/address-policy.ts";
import { type Network, networkOf } from "../net/network.ts";
import { complain, type Fields, type Reader } from "./fields.ts";
import { filePath, flag, hostName, listOf, seconds, text } from "./readers.ts";
import type { NetworkSettings, SecretSource, UrlSource } from "./settings.ts";

/** Reads how a sink on the network is reached. */
export function readNetwork(fields: Fields): NetworkSettings {
  const certFile = fields.take("certFile", filePath);
  const keyFile = fields.take("keyFile", filePath);
  if (fields.has("certFile") !== fields.has("keyFile")) {
    complain(
      fields.at(fields.has("certFile") ? "keyFile" : "certFile"),
      "is missing: a certificate and its key go together",
    );
  }
  return {
    policy: {
      allowLoopback: fields.take("allowLoopback", flag) ?? defaultAddressPolicy.allowLoopback,
      allowPrivate: fields.take("allowPrivate", flag) ?? defaultAddressPolicy.allowPrivate,
      allowedNetworks: fields.take("allowedNetworks", listOf(network, 32)) ?? [],
    },
    connectTimeoutMs: fields.take("connectTimeoutSeconds", seconds(0.1, 60)) ?? 10_000,
    responseTimeoutMs: fields.take("responseTimeoutSeconds", seconds(0.1, 120)) ?? 15_000,
    caFile: fields.take("caFile", filePath),
    certFile,
    keyFile,
    serverName: fields.take("serverName", hostName),
  };
}

const LEAST_PREFIX = { v4: 8, v6: 16 };

const network: Reader<Network> = (value, place) => {
  const found = typeof value === "string" ? networkOf(value) : undefined;
  if (found === undefined)
    return complain(place, "must be a network, such as 10.1.0.0/16, with no bits behind its length");
  const least = found.bytes.length === 4 ? LEAST_PREFIX.v4 : LEAST_PREFIX.v6;
  return found.prefixLength >= least ? found : complain(place, `must have a length of ${least} at least`);
};

/** `nameFile` or `nameCredential`: exactly one of them, or neither. */
export function readSecretSource(fields: Fields, name: string): SecretSource | undefined {
  const file = fields.take(`${name}File`, filePath);
  const credential = fields.take(`${name}Credential`, text(/^[\w.-]{1,128}$/, "the name of a credential"));
  if (fields.has(`${name}File`) && fields.has(`${name}Credential`)) {
    return complain(fields.at(`${name}Credential`), `must not stand beside ${name}File`);
  }
  if (file !== undefined) return { file };
  return credential === undefined ? undefined : { credential };
}

/** A secret source that has to be there. */
export function needSecretSource(fields: Fields, name: string): SecretSource | undefined {
  const source = readSecretSource(fields, name);
  if (!fields.has(`${name}File`) && !fields.has(`${name}Credential`)) {
    complain(fields.at(`${name}File`), `is missing (or ${name}Credential): the secret is read from there`);
  }
  return source;
}

/** `url`, or a secret that is one. */
export function readUrl(fields: Fields, policy: AddressPolicy): UrlSource | undefined {
  const url = fields.take("url", urlReader(policy));
  const from = readSecretSource(fields, "url");
  const given = ["url", "urlFile", "urlCredential"].filter((name) => fields.has(name));
  if (given.length === 0) complain(fields.at("url"), "is missing (or urlFile, or urlCredential)");
  if (given.length > 1) complain(fields.at(given[1]!), `must not stand beside ${given[0]}`);
  if (url !== undefined) return { url };
  return from === undefined ? undefined : { from };
}

/** An address that may be posted to. */
export function urlReader(policy: AddressPolicy): Reader<URL> {
  return (value, place) => {
    const url = typeof value === "string" && value.length <= 2_048 ? URL.parse(value.trim()) : null;
    if (url === null) return complain(place, "must be an address such as https://alerts.example.org/hook");
    const problem = problemOf(url, policy);
    return problem === undefined ? url : complain(place, problem);
  };
}

function problemOf(url: URL, policy: AddressPolicy): string | undefined {
  if (url.username !== "" || url.password !== "") return "must hold no name or password: use authorizationFile";
  if (url.hash !== "") return "must have no part behind #";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol === "http:") {
    return policy.allowLoopback && isLoopbackName(host)
      ? undefined
      : "must begin with https:// (http:// only to this host, with allowLoopback: true)";
  }
  if (url.protocol !== "https:") return "must begin with https://";
  return hostProblem(host, policy);
}

/** Refused where it is written, when the address stands there; a name is looked at each time that it is connected to. */
export function hostProblem(host: string, policy: AddressPolicy): string | undefined {
  if (isIP(host) === 0 || admits(policy, host)) return undefined;
  return "leads to an address that sinks may not reach; allowLoopback, allowPrivate or allowedNetworks say otherwise";
}

/** Names and addresses that mean this host. */
export function isLoopbackName(host: string): boolean {
  return (
    host === "localhost" ||
    (isIP(host) !== 0 && admits({ ...defaultAddressPolicy, allowLoopback: true, loopbackOnly: true }, host))
  );
}
