import { describe, expect, test } from "vitest";
import { type EventStoreErrorCode, isRefusedRow, openErrorOf, storeErrorOf } from "./errors.ts";

/** Every code once: a change of the list does not compile without a change here. */
const codes: Record<EventStoreErrorCode, true> = {
  store_full: true,
  store_damaged: true,
  store_newer: true,
  store_failed: true,
};

const sqlite = (errcode: number) => Object.assign(new Error("said so"), { errcode });

test("codes are public and stable", () => {
  expect(Object.keys(codes)).toEqual(["store_full", "store_damaged", "store_newer", "store_failed"]);
});

describe("what SQLite says", () => {
  test.each([
    [13, "store_full"],
    [11, "store_damaged"],
    [267, "store_damaged"],
    [26, "store_damaged"],
    [1032, "store_damaged"],
    [8, "store_failed"],
    [5, "store_failed"],
    [1, "store_failed"],
  ])("%i is %s", (errcode, code) => {
    expect(storeErrorOf(sqlite(errcode)).code).toBe(code);
  });

  test("about a name that is not in the file is damage only while the file is opened", () => {
    expect(openErrorOf(sqlite(1)).code).toBe("store_damaged");
    expect(openErrorOf(sqlite(13)).code).toBe("store_full");
    const error = storeErrorOf(sqlite(1));
    expect(openErrorOf(error)).toBe(error);
    expect(storeErrorOf("no error at all").code).toBe("store_failed");
  });

  test("about one row does not speak of the others", () => {
    expect(isRefusedRow(sqlite(1299))).toBe(true);
    expect(isRefusedRow(sqlite(20))).toBe(true);
    expect(isRefusedRow(Object.assign(new TypeError("x"), { code: "ERR_INVALID_ARG_TYPE" }))).toBe(true);
    expect(isRefusedRow(sqlite(13))).toBe(false);
  });
});
