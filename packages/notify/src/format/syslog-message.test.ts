import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { notificationOf } from "../notification.fixture.ts";
import { severities } from "../notification.ts";
import { type SyslogFormat, syslogMessage } from "./syslog-message.ts";

const format: SyslogFormat = { facility: "authpriv", appName: "holdfast", enterpriseId: 32_473, maxBytes: 2_048 };

/** The grammar of RFC 5424, section 6, written from its ABNF alone. */
const GRAMMAR =
  // oxlint-disable-next-line no-control-regex -- the grammar is over bytes
  /^<(?<pri>\d{1,3})>1 (?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) (?<host>[!-~]{1,255}) (?<app>[!-~]{1,48}) (?<pid>[!-~]{1,128}) (?<msgid>[!-~]{1,32}) (?<sd>\[[!#-<>-\\^-~]{1,32}(?: [!#-<>-\\^-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]) \uFEFF(?<msg>[^\u0000-\u001F]*)$/u;

const parsed = (message: Buffer) =>
  GRAMMAR.exec(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(message))?.groups;

describe("a syslog message", () => {
  test("is what RFC 5424 says", () => {
    const text = syslogMessage(notificationOf(), 321, format).toString();
    expect(text).toMatchInlineSnapshot(
      `"<83>1 2026-03-02T09:30:15.250Z web-1 holdfast 321 alert [holdfast@32473 id="al_7" seq="7" severity="high" rule="exec-from-tmp" count="1" firstSeenAt="2026-03-02T09:30:15.250Z" attack="T1059.004" d.path="/tmp/x" d.pid="4242" d.parent="/usr/bin/bash" d.hash=""] ﻿[high] Program run from a temporary folder on web-1: /tmp/x was started by bash"`,
    );
  });

  test("has a level for each severity", () => {
    const levels = severities.map(
      (severity) => Number(parsed(syslogMessage(notificationOf({ severity }), 1, format))?.["pri"]) % 8,
    );
    expect(levels).toEqual([6, 5, 4, 3, 2]);
  });

  test("escapes exactly what has to be", () => {
    const message = syslogMessage(notificationOf({ details: { cmd: String.raw`a "b" \c [d]` } }), 1, format).toString();
    expect(message).toContain(String.raw`d.cmd="a \"b\" \\c [d\]"`);
  });

  test("holds the grammar and its bound whatever a host says", () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('"', "]", "\\", "\n", " ", "=", "é", "😀"), fc.string({ unit: "binary" })),
      maxLength: 300,
    });
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.dictionary(text, text, { maxKeys: 8 }),
        fc.integer({ min: 480, max: 3_000 }),
        (title, summary, host, details, maxBytes) => {
          const message = syslogMessage(notificationOf({ title, summary, host, details }), 1, { ...format, maxBytes });
          expect(message.byteLength).toBeLessThanOrEqual(maxBytes);
          expect(parsed(message)).toBeDefined();
        },
      ),
    );
  });

  test("keeps room for the text beside details that would fill it", () => {
    const details = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, "x".repeat(100)]));
    const message = parsed(syslogMessage(notificationOf({ details }), 1, { ...format, maxBytes: 700 }));
    expect(message?.["msg"]).toMatch(/^\[high\] Program run/);
  });
});
