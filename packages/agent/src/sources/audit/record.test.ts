import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { execRecords } from "./record.fixture.ts";
import { auditBytes, auditNumber, auditText, parseRecord } from "./record.ts";

describe("audit records", () => {
  it("have a time, a serial number and fields", () => {
    const record = parseRecord(execRecords[0]![1]);
    expect(record).toMatchObject({ serial: 7, unixMs: 1_795_951_689_078 });
    expect(record?.fields.get("pid")).toBe("8909");
    expect(record?.fields.get("tty")).toBe("(none)");
    expect(auditText(record?.fields.get("exe"))).toBe("/usr/bin/echo");
  });

  it("keep the first of two values, which is the kernel's", () => {
    expect(parseRecord('audit(1.000:1): pid=1 comm="x" pid=2')?.fields.get("pid")).toBe("1");
  });

  it("have texts in quotes, or in hex where they could be misread", () => {
    expect(auditText('"ls"')).toBe("ls");
    expect(auditText("612062")).toBe("a b");
    expect(auditText("E29C93")).toBe("✓");
    expect(auditText('""')).toBe("");
    expect([auditText("(null)"), auditText(undefined), auditText("61206"), auditText("ls")]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it("have numbers, decimal and in hex", () => {
    expect([auditNumber("59"), auditNumber("-13"), auditNumber("c000003e", 16)]).toEqual([59, -13, 0xc000003e]);
    expect([auditNumber("5a"), auditNumber(""), auditNumber(undefined), auditNumber("zz", 16)]).toEqual(
      Array(4).fill(undefined),
    );
  });

  it("of other forms are none", () => {
    for (const text of [
      "",
      "audit(1.0:1): a=b",
      "audit(1.000:x): a=b",
      "type=1300 audit(1.000:1): a=b",
      "audit(1.000:1) a=b",
    ]) {
      expect(parseRecord(text)).toBeUndefined();
    }
  });

  it("of any text never throw", () => {
    const likely = fc.string({ unit: fc.constantFrom("a", "=", '"', " ", "(", ")", ":", "1", "\0", "F", "[") });
    fc.assert(
      fc.property(fc.oneof(fc.string(), likely), (text) => {
        for (const [name, value] of parseRecord(`audit(1.000:1): ${text}`)?.fields ?? []) {
          expect(name).not.toBe("");
          auditBytes(value);
          auditNumber(value);
        }
        parseRecord(text);
      }),
    );
  });
});
