import { expect, it } from "vitest";
import { encodeRequest } from "./request.ts";

it("writes the head in lines and announces the body's bytes, not its characters", () => {
  const bytes = encodeRequest({ method: "PUT", target: "/api/secrets/a", headers: { "x-a": "b" }, body: '"é"' });
  expect(bytes.toString()).toBe(
    'PUT /api/secrets/a HTTP/1.1\r\nhost: holdfast\r\nconnection: close\r\nx-a: b\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n"é"',
  );
});

it("refuses a header that would end its line early (CWE-93)", () => {
  const inject = "a\r\nauthorization: Bearer b";
  expect(() => encodeRequest({ method: "GET", target: "/", headers: { "holdfast-tenant": inject } })).toThrow(
    TypeError,
  );
  expect(() => encodeRequest({ method: "GET", target: `/${inject}`, headers: {} })).toThrow(TypeError);
});
