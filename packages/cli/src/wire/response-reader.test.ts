import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ResponseReader } from "./response-reader.ts";

const sized = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-length: 7\r\n\r\n"value"';
const chunked =
  'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n{"a\r\n4\r\n":1}\r\n0\r\nt: u\r\n\r\n';

function read(text: string, cuts: readonly number[] = []) {
  const reader = new ResponseReader();
  const bytes = Buffer.from(text, "latin1");
  const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    const response = start === end ? undefined : reader.push(bytes.subarray(start, end));
    start = end;
    if (response !== undefined) return { ...response, body: response.body.toString() };
  }
  return undefined;
}

describe("an HTTP/1.1 answer", () => {
  it("gives status, headers and a body of announced length", () => {
    expect(read(sized)).toMatchObject({ status: 200, body: '"value"' });
    expect(read(sized)?.headers.get("content-type")).toBe("application/json");
  });

  it("joins chunks and drops their extensions and trailers", () => {
    expect(read(chunked)).toMatchObject({ status: 404, body: '{"a":1}' });
  });

  it("skips interim answers", () => {
    expect(read(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${sized}`)?.status).toBe(200);
  });

  it("is empty for 204", () => {
    expect(read("HTTP/1.1 204 No Content\r\n\r\n")).toMatchObject({ status: 204, body: "" });
  });

  it("comes out the same wherever the network cuts it", () => {
    fc.assert(
      fc.property(fc.constantFrom(sized, chunked), fc.array(fc.nat(), { maxLength: 8 }), (text, cuts) => {
        expect(read(text, cuts)).toEqual(read(text));
      }),
    );
  });

  it("waits for what is missing", () => {
    for (let end = 0; end < chunked.length - 1; end += 1) expect(read(chunked.slice(0, end) || "H")).toBeUndefined();
  });

  it.each([
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    [
      "length and chunks at once (ATTACKS 48)",
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\na",
    ],
    ["no length at all", "HTTP/1.1 200 OK\r\n\r\nabc"],
    ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"],
    ["another coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
    ["a folded header", "HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 0\r\n\r\n"],
    ["a blank before the colon", "HTTP/1.1 200 OK\r\ncontent-length : 0\r\n\r\n"],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n"],
    ["something else than HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
    ["more bytes than announced", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab"],
    [
      "a chunk that is longer than its size",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
    ],
    ["a chunk without a size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nz\r\n"],
    ["a body that is too long", "HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n"],
    ["a chunk that is too long", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n"],
    ["a head without end", `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(10_000)}`],
    ["a line without end", `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${"x".repeat(1000)}`],
    ["trailers without end", `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${"a: b\r\n".repeat(10_000)}`],
  ])("is refused with %s", (_, text) => {
    expect(() => read(text)).toThrow("cannot be read");
  });
});
