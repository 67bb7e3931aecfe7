import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { statLineOf } from "./proc.fixture.ts";
import { emptyStatLine, isKernelThread, parseStatLine } from "./stat-line.ts";

function parsed(text: string) {
  const bytes = Buffer.from(text);
  const line = emptyStatLine();
  const isLine = parseStatLine(bytes, bytes.length, line);
  return { ...line, isLine, name: bytes.toString("utf8", line.nameStart, line.nameEnd) };
}

test("the fields stand where the manual says", () => {
  const line = parsed(
    statLineOf({ pid: 7, parent: 3, name: "a.out", threads: 9, startTicks: 12_345, exitStatus: 256 }),
  );
  expect(line).toMatchObject({
    isLine: true,
    name: "a.out",
    state: 0x53,
    parent: 3,
    group: 7,
    userTicks: 7,
    systemTicks: 3,
    nice: -5,
    threads: 9,
    startTicks: 12_345,
    virtualBytes: 8_192,
    residentPages: 2,
    stackStart: 140_000,
    exitStatus: 256,
  });
});

test("a line of this host reads like splitting it does", () => {
  const text = readFileSync("/proc/self/stat", "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  expect(parsed(text)).toMatchObject({
    isLine: true,
    parent: Number(fields[1]),
    startTicks: Number(fields[19]),
    stackStart: Number(fields[25]),
  });
});

test("a name may look like the fields behind it", () => {
  for (const name of ["a) S 1 2 3", "(((", ")))", ") R 9", "a b", "", "x\n7 (y) S"]) {
    expect(parsed(statLineOf({ pid: 7, parent: 3, name }))).toMatchObject({ isLine: true, name, parent: 3 });
  }
  const anyName = fc.string({ maxLength: 15, unit: "binary-ascii" });
  fc.assert(
    fc.property(anyName, fc.nat({ max: 4_194_304 }), (name, parent) => {
      expect(parsed(statLineOf({ pid: 7, parent, name }))).toMatchObject({ isLine: true, name, parent });
    }),
  );
});

test("what is no stat line is refused, whatever it is", () => {
  for (const text of ["", "7", "7 (sh", "7 (sh) S 1 2", "no line at all"]) expect(parsed(text).isLine).toBe(false);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      parseStatLine(bytes, bytes.length, emptyStatLine());
    }),
  );
});

test("threads of the kernel are known by their flag, which no program can set", () => {
  expect(isKernelThread(parsed(statLineOf({ pid: 2, flags: 0x0020_8040 })))).toBe(true);
  expect(isKernelThread(parsed(statLineOf({ pid: 2, name: "kworker/0:1", flags: 0x40_0000 })))).toBe(false);
});
