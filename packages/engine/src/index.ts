/** Front door of the engine: what a server or an agent is built from. */
export type { Logger } from "./logger.ts";
export * from "./errors.ts";
export * from "./operation.ts";
export * from "./storage.ts";
export * from "./submission.ts";
export * from "./table.ts";
export { FootprintCache } from "./gate/footprint-cache.ts";
export type * from "./gate/call.ts";
export type * from "./gate/dependencies.ts";
export { type Answer, Gate } from "./gate/gate.ts";
export { RateLimiter } from "./gate/rate-limit.ts";
export { createListener, defaultLimits, type ListenerLimits, type Tls } from "./doors/listen.ts";
export { peerUid } from "./doors/peer-credentials.ts";
export type { Problems } from "./doors/problem.ts";
export { nextRequestId } from "./doors/request-id.ts";
export { type Page, type PageAnswer, type RestDoor, serveRest } from "./doors/rest.ts";
