import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AuditArguments } from "./arguments.ts";
import { parseRecord } from "./record.ts";

function cmdline(...records: string[]): string | undefined {
  const gathered = new AuditArguments();
  for (const record of records) gathered.add(parseRecord(`audit(1.000:1): ${record}`)!.fields);
  return gathered.cmdline();
}

describe("arguments of EXECVE records", () => {
  it("are put together in their order", () => {
    expect(cmdline('argc=3 a0="ls" a1=2D6C20 a2="x"')).toBe("ls\0-l \0x\0");
  });

  it("go on in further records, whole and in pieces", () => {
    expect(cmdline('argc=3 a0="x" a1_len=8 a1[0]=4142', ' a1[1]=4344 a2="y"')).toBe("x\0ABCD\0y\0");
  });

  it("may be empty", () => {
    expect(cmdline('argc=2 a0="x" a1=""')).toBe("x\0\0");
  });

  it("of no record are not known", () => {
    expect(cmdline()).toBeUndefined();
    expect(cmdline("argc=0")).toBeUndefined();
  });

  it("have a bound in bytes and in number", () => {
    const long = Array.from({ length: 20 }, (_, index) => `a1[${index}]=${"5A".repeat(3700)}`);
    expect(cmdline('argc=2 a0="x"', ...long)).toHaveLength(32_768);
    expect(cmdline('argc=9000000 a0="x" a8999999="y"')).toBe("x\0");
  });

  it("come back as they were, whatever they are", () => {
    const word = fc.string({ unit: "binary", maxLength: 20 }).map((text) => text.replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const fields = words.map(
          (text, index) => `a${index}=${Buffer.from(text).toString("hex").toUpperCase() || '""'}`,
        );
        expect(cmdline(fields.join(" "))).toBe(words.map((text) => `${Buffer.from(text).toString()}\0`).join(""));
      }),
    );
  });
});
