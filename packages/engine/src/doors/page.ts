import type { IncomingMessage } from "node:http";

/** A page that is no operation: health probes, metrics, the API description. They are counted, not recorded. */
export type Page = (request: IncomingMessage) => PageAnswer | Promise<PageAnswer>;

export interface PageAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string | Uint8Array;
}
