/** One HTTP/1.1 request for the socket. */
export interface Request {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Path and query, percent-encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The bytes of a request; refuses anything that could end a header line early. */
export function encodeRequest(request: Request): Buffer {
  const body = Buffer.from(request.body ?? "", "utf8");
  const lines = [`${request.method} ${visible(request.target)} HTTP/1.1`, "host: holdfast", "connection: close"];
  for (const [name, value] of Object.entries(request.headers)) lines.push(`${name}: ${visible(value)}`);
  if (request.body !== undefined) lines.push("content-type: application/json", `content-length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

/** Header injection (CWE-93): only visible ASCII and blanks may stand in a request's head. */
function visible(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new TypeError("a request's head holds a character that may not stand there");
  return text;
}
