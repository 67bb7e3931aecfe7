import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundNotification } from "./bound-notification.ts";
import { notificationOf } from "./notification.fixture.ts";

describe("boundNotification", () => {
  it("leaves a notification of ordinary size as it is", () => {
    const notification = notificationOf({ dedupKey: "exec-from-tmp web-1", tags: ["execution"] });
    expect(boundNotification(notification)).toEqual(notification);
  });

  it("cuts texts, lists and details that are too long", () => {
    const long = "x".repeat(10_000);
    const bounded = boundNotification(
      notificationOf({
        title: long,
        summary: long,
        host: long,
        attack: new Array<string>(100).fill(long),
        details: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}${long}`, long])),
      }),
    );
    expect(bounded.title).toHaveLength(256);
    expect(bounded.title.endsWith("…")).toBe(true);
    expect(bounded.attack).toHaveLength(32);
    expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThanOrEqual(64 * 1024);
    expect(Object.keys(bounded.details).length).toBeGreaterThan(20);
  });

  it("never leaves half a character", () => {
    const bounded = boundNotification(notificationOf({ title: `${"x".repeat(254)}😀😀`, host: "\uD800" }));
    expect(bounded.title.isWellFormed()).toBe(true);
    expect(bounded.host).toBe("\uFFFD");
  });

  it("tells two long dedup keys apart that begin alike", () => {
    const keyOf = (dedupKey: string) => boundNotification(notificationOf({ dedupKey })).dedupKey;
    const begin = "k".repeat(300);
    expect(keyOf(`${begin}a`)).not.toBe(keyOf(`${begin}b`));
    expect(keyOf(`${begin}a`)).toHaveLength(64);
  });

  it.each([
    ["an id with a line end", { id: "al_7\r\nBcc: all" }],
    ["an empty id", { id: "" }],
    ["a severity that does not exist", { severity: "huge" as "high" }],
    ["a time that is no number", { firstSeenAt: Number.NaN }],
    ["a count of nothing", { count: 0 }],
    ["a sequence number that is not whole", { seq: 1.5 }],
  ])("refuses %s", (_name, changes) => {
    expect(() => boundNotification(notificationOf(changes))).toThrow(
      expect.objectContaining({ code: "notification_invalid" }),
    );
  });

  it("bounds what is known beside the rule's columns, and leaves that out first where there is no room", () => {
    const context = { path: "x".repeat(5_000) };
    expect(boundNotification(notificationOf({ context })).context?.["path"]).toHaveLength(2_048);
    const details = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`c${index}`, "y".repeat(2_000)]));
    const crowded = boundNotification(notificationOf({ context, details }));
    expect(crowded.context).toBeUndefined();
    expect(Object.keys(crowded.details).length).toBeGreaterThan(20);
  });

  it("fits into 64 KiB whatever is in it", () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary", maxLength: 3_000 })),
        (details) => {
          const bounded = boundNotification(notificationOf({ details }));
          expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThanOrEqual(64 * 1024);
        },
      ),
    ));
});
