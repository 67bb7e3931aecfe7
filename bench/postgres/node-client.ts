import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";

export interface NodeAnswer {
  readonly status: number;
  readonly body: string;
}

/** One caller of one node, over its socket, one call after the other on one connection. */
export class NodeClient {
  readonly #socketPath: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** Without a token, whoever runs this is the caller. */
  call(
    method: "GET" | "POST",
    path: string,
    { token, body }: { readonly token?: string; readonly body?: object } = {},
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<NodeAnswer>();
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(bytes === undefined ? {} : { "Content-Type": "application/json", "Content-Length": bytes.byteLength }),
    };
    request({ socketPath: this.#socketPath, agent: this.#agent, method, path, headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    })
      .once("error", reject)
      .end(bytes);
    return promise;
  }

  /** The output of a call that has to succeed. */
  async output<T>(...call: Parameters<NodeClient["call"]>): Promise<T> {
    const { status, body } = await this.call(...call);
    if (status >= 300) throw new Error(`${call[0]} ${call[1]}: ${status} ${body}`);
    return JSON.parse(body) as T;
  }

  close(): void {
    this.#agent.destroy();
  }
}
