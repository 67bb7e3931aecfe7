import type { Server as HttpsServer } from "node:https";
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

/** TLS 1.3 with the two suites of source document L; there is no setting that allows less. */
const TLS13 = {
  minVersion: "TLSv1.3",
  maxVersion: "TLSv1.3",
  ciphers: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
} as const;

const COMMON = {
  exposeHeadRoutes: false,
  logger: false,
  forceCloseConnections: "idle",
  return503OnClosing: false,
} as const;

/** A Fastify instance with our bounds and nothing else of it switched on. */
export function createListener(limits: ListenerLimits, tls?: Tls): FastifyInstance {
  const http = {
    maxHeaderSize: limits.maxHeaderBytes,
    connectionsCheckingInterval: 1_000,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    insecureHTTPParser: false,
  };
  const bounds = {
    ...COMMON,
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    routerOptions: { maxParamLength: limits.maxHeaderBytes },
  };
  const server =
    tls === undefined
      ? fastify({ ...bounds, http })
      : (fastify({ ...bounds, https: { ...http, ...TLS13, ...tls } }) as unknown as FastifyInstance);
  const raw = server.server as unknown as HttpsServer;
  raw.maxConnections = limits.maxConnections;
  raw.headersTimeout = limits.headersTimeoutMs;
  return server;
}
