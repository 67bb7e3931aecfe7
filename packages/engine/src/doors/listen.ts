import type { Server as TlsServer } from "node:tls";
import { type FastifyInstance, fastify } from "fastify";

/** Bounds of every listener: nothing a client sends may grow, wait or nest without end. */
export interface ListenerLimits {
  readonly maxBodyBytes: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
}

export const defaultLimits: ListenerLimits = {
  maxBodyBytes: 1_500_000,
  maxHeaderBytes: 16_384,
  maxConnections: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 75_000,
};

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

/** TLS 1.3 with its two 256-bit suites; there is no setting that allows less. */
const TLS13 = {
  minVersion: "TLSv1.3",
  maxVersion: "TLSv1.3",
  ciphers: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
} as const;

const MAX_TIMEOUT_CHECK_MS = 1_000;

/** A Fastify instance with our bounds and nothing else of it switched on. */
export function createListener(limits: ListenerLimits, tls?: Tls): FastifyInstance {
  const options = optionsOf(limits);
  const http = httpOptionsOf(limits);
  const server =
    tls === undefined
      ? fastify({ ...options, http })
      : (fastify({
          ...options,
          https: { ...http, ...TLS13, ...tls, handshakeTimeout: limits.headersTimeoutMs },
        }) as unknown as FastifyInstance);
  server.server.maxConnections = limits.maxConnections;
  return server;
}

/** Gives a TLS listener another certificate; without the rest, Node would fall back to its own protocol versions. */
export function renewCertificate(server: FastifyInstance, tls: Tls): void {
  (server.server as unknown as TlsServer).setSecureContext({ ...TLS13, ...tls });
}

function httpOptionsOf(limits: ListenerLimits) {
  return {
    maxHeaderSize: limits.maxHeaderBytes,
    connectionsCheckingInterval: Math.min(MAX_TIMEOUT_CHECK_MS, limits.headersTimeoutMs),
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    insecureHTTPParser: false,
  };
}

function optionsOf(limits: ListenerLimits) {
  return {
    exposeHeadRoutes: false,
    logger: false,
    forceCloseConnections: "idle",
    // Calls that arrive over an open connection while the listener closes are answered like any other.
    return503OnClosing: false,
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // Fastify's router decodes and normalises; ours matches what was sent, which stays in `originalUrl` (ATTACKS 1).
    rewriteUrl: () => "/",
  } as const;
}
