import { expect, test } from "vitest";
import { acceptFault } from "./accept.ts";

test.each([
  undefined,
  "",
  "*/*",
  "application/*",
  "application/json",
  "APPLICATION/JSON",
  "text/html, */*;q=0.1",
  "application/json;q=0.001",
])("%j takes JSON", (accept) => {
  expect(acceptFault(accept)).toBeUndefined();
});

test.each(["text/html", "application/xml", "application/json;q=0", "*/*; q=0.000", "application", "json"])(
  "%j does not",
  (accept) => {
    expect(acceptFault(accept)).toMatchObject({
      code: "not_acceptable",
      message: "This operation answers with application/json.",
    });
  },
);

test("the type of the answer is what counts, without its parameters", () => {
  expect(acceptFault("text/plain", "text/plain; charset=utf-8")).toBeUndefined();
  expect(acceptFault("application/json", "text/plain; charset=utf-8")).toMatchObject({ code: "not_acceptable" });
});
