import { describe, expect, it } from "vitest";
import { Assembly } from "./assembly.ts";

const hex = (code: Assembly): string[] => (code.assemble().toString("hex").match(/.{16}/g) ?? []).map(String);

describe("BPF instructions", () => {
  it("are encoded as RFC 9669 says", () => {
    const code = new Assembly()
      .move(6, 1)
      .set(2, -1)
      .addConstant(3, 16)
      .subtract(2, 3)
      .load64(1, 6, 8)
      .load32(1, 10, -8)
      .store64(10, -16, 1)
      .store32(8, 4, 0)
      .storeConstant32(8, 0, 3)
      .atomicAdd64(0, 0, 1)
      .call(113)
      .exit();
    expect(hex(code)).toEqual([
      "bf16000000000000",
      "b7020000ffffffff",
      "0703000010000000",
      "1f32000000000000",
      "7961080000000000",
      "61a1f8ff00000000",
      "7b1af0ff00000000",
      "6308040000000000",
      "6208000003000000",
      "db10000000000000",
      "8500000071000000",
      "9500000000000000",
    ]);
  });

  it("name a map in two parts", () => {
    expect(hex(new Assembly().map(1, 22))).toEqual(["1811000016000000", "0000000000000000"]);
  });

  it("jump forwards and backwards by what lies between", () => {
    const code = new Assembly()
      .label("start")
      .jumpIfEqual(0, 0, "end")
      .jumpIfNotEqual(1, 5, "end")
      .jumpIfDifferent(1, 2, "start")
      .jumpIfAtMost(2, 256, "end")
      .label("end")
      .exit();
    expect(hex(code)).toEqual([
      "1500030000000000",
      "5501020005000000",
      "5d21fdff00000000",
      "b502000000010000",
      "9500000000000000",
    ]);
  });

  it("do not jump to nowhere", () => {
    expect(() => new Assembly().jumpIfEqual(0, 0, "nowhere").assemble()).toThrow("no label nowhere");
  });
});
