import { readFileSync } from "node:fs";
import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { TestServer } from "./server.ts";

export interface Ask {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Text and bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** What came back, to the byte. */
export class Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;

  constructor(status: number, headers: IncomingHttpHeaders, bytes: Buffer) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  get text(): string {
    return this.bytes.toString();
  }

  get json(): unknown {
    return JSON.parse(this.text) as unknown;
  }

  /** Code of the problem; undefined for a success. */
  get code(): string | undefined {
    return this.status < 400 ? undefined : (this.json as { readonly code: string }).code;
  }

  /** Position of the call's ledger entry. */
  get seq(): number {
    const text = this.headers["holdfast-seq"];
    if (typeof text !== "string") throw new Error(`no ledger position beside: ${this.status} ${this.text}`);
    return Number(text);
  }

  /** The output of a success; a refusal is thrown with what it said. */
  output<T>(): T {
    if (this.status >= 300) throw new Error(`${this.status} ${this.text}`);
    return this.json as T;
  }
}

interface Place {
  readonly send: typeof httpRequest;
  readonly options: { readonly agent: HttpAgent | HttpsAgent; readonly [option: string]: unknown };
}

/** Sends exactly what a test says: a client of the kind that does not help. */
export class Wire {
  readonly #place: Place;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(place: Place, headers: Readonly<Record<string, string>>) {
    this.#place = place;
    this.#headers = headers;
  }

  static https({ address, caPath }: TestServer): Wire {
    const { hostname, port } = new URL(address);
    const agent = new HttpsAgent({ keepAlive: true, ca: readFileSync(caPath), maxSockets: 64 });
    return new Wire({ send: httpsRequest, options: { agent, hostname, port } }, {});
  }

  static socket({ socketPath }: Pick<TestServer, "socketPath">): Wire {
    return new Wire({ send: httpRequest, options: { agent: new HttpAgent({ keepAlive: true }), socketPath } }, {});
  }

  /** The same connections, with another credential, tenant or the like in each call. */
  with(headers: Readonly<Record<string, string>>): Wire {
    return new Wire(this.#place, { ...this.#headers, ...headers });
  }

  bearing(token: string): Wire {
    return this.with({ authorization: `Bearer ${token}` });
  }

  get(target: string, ask: Ask = {}): Promise<Answer> {
    return this.call("GET", target, ask);
  }

  put(target: string, body: unknown, ask: Ask = {}): Promise<Answer> {
    return this.call("PUT", target, { ...ask, body });
  }

  post(target: string, body?: unknown, ask: Ask = {}): Promise<Answer> {
    return this.call("POST", target, { ...ask, body });
  }

  delete(target: string, ask: Ask = {}): Promise<Answer> {
    return this.call("DELETE", target, ask);
  }

  call(method: string, target: string, { headers = {}, body }: Ask): Promise<Answer> {
    const bytes = bytesOf(body);
    const described = bytes === undefined ? {} : { "content-type": "application/json", "content-length": bytes.length };
    const { send, options } = this.#place;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const all = { ...described, ...this.#headers, ...headers };
    const request = send({ ...options, method, path: target, headers: all }, (answer) => {
      void collect(answer).then(resolve, reject);
    });
    request.once("error", reject);
    request.end(bytes);
    return promise;
  }

  close(): void {
    this.#place.options.agent.destroy();
  }
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

async function collect(answer: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
  return new Answer(answer.statusCode ?? 0, answer.headers, Buffer.concat(pieces));
}
