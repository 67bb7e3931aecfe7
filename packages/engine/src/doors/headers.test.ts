import { expect, test } from "vitest";
import { announcesBody, encodingFault, mediaTypeOf, repeatedHeaders, repetitionFault } from "./headers.ts";

test("headers that decide something stand alone; others may come as often as they like", () => {
  const fine = ["Authorization", "a", "Accept", "a", "Accept", "b", "X-Forwarded-For", "1", "X-Forwarded-For", "2"];
  expect(repetitionFault(repeatedHeaders(fine))).toBeUndefined();
  const repeated = repeatedHeaders([
    "Holdfast-Tenant",
    "one",
    "If-Match",
    "x",
    "holdfast-tenant",
    "two",
    "if-match",
    "y",
  ]);
  expect(repeated).toEqual(new Set(["holdfast-tenant", "if-match"]));
  expect(repetitionFault(repeated)).toMatchObject({
    code: "invalid_input",
    message: "The header holdfast-tenant was given twice.",
  });
});

test("a body is sent as it is", () => {
  expect([undefined, "identity", " Identity "].map(encodingFault)).toEqual([undefined, undefined, undefined]);
  for (const encoding of ["gzip", "br", "", "identity, gzip", "x"]) {
    expect(encodingFault(encoding)).toMatchObject({ code: "unsupported_media_type" });
  }
});

test("a body is announced by a length above zero or an encoding", () => {
  expect(announcesBody({})).toBe(false);
  expect(announcesBody({ "content-length": "0" })).toBe(false);
  expect(announcesBody({ "content-length": "1" })).toBe(true);
  expect(announcesBody({ "transfer-encoding": "chunked" })).toBe(true);
});

test("a media type is compared without case and parameters", () => {
  expect(mediaTypeOf(undefined)).toBeUndefined();
  expect(mediaTypeOf(" Application/JSON ; charset=utf-8; x=;")).toBe("application/json");
});
