import { expect, test } from "vitest";
import { nextRequestId, requestIdOf, traceOf } from "./request-id.ts";

test("request ids differ, and share what names the process", () => {
  const ids = Array.from({ length: 100 }, nextRequestId);
  expect(new Set(ids).size).toBe(100);
  expect(new Set(ids.map((id) => id.split("-")[0])).size).toBe(1);
});

test("a caller's own id is taken when it can stand in a header and a log", () => {
  expect(requestIdOf("Mine_1.2-3")).toBe("Mine_1.2-3");
  for (const header of [undefined, "", "a b", "a\r\nb", "a/b", "ä", "x".repeat(129), ["a"]]) {
    expect(requestIdOf(header)).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  }
});

test("a trace id is that of a well-formed traceparent", () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  expect(traceOf(`00-${trace}-b7ad6b7169203331-01`)).toBe(trace);
  for (const header of [
    undefined,
    "",
    trace,
    `01-${trace}-b7ad6b7169203331-01`,
    `00-${trace.toUpperCase()}-b7ad6b7169203331-01`,
    ["a"],
  ]) {
    expect(traceOf(header)).toBeUndefined();
  }
});
