import { describe, expect, it } from "vitest";
import { printable, printableJson, printableLines } from "./printable.ts";
import { HiddenLine } from "./prompt.ts";
import { styleOf } from "./style.ts";
import { table } from "./table.ts";

describe("text that others wrote", () => {
  it("cannot move the cursor, colour, reorder or hide what stands beside it", () => {
    expect(printable("a\u001b[2Jb\r\n\u202ec\u200bd\u009be")).toBe(
      "a\\u{1b}[2Jb\\u{d}\\u{a}\\u{202e}c\\u{200b}d\\u{9b}e",
    );
  });

  it("keeps its lines where lines are wanted", () => {
    expect(printableLines("a\n\tb\u0007")).toBe("a\n\tb\\u{7}");
  });

  it("stands as an escape in JSON, which means the same", () => {
    const value = { text: "\u009b2J\u202egpj\u200b\u007f\ufeff é" };
    const json = printableJson(value, 0);
    expect(json).toBe(String.raw`{"text":"\u009b2J\u202egpj\u200b\u007f\ufeff é"}`);
    expect(JSON.parse(json)).toEqual(value);
  });

  it("cannot break out of its cell", () => {
    expect(
      table([
        ["a\nb", 1],
        ["c", undefined],
      ]),
    ).toBe("a\\u{a}b  1\nc        -\n");
  });
});

describe("colours", () => {
  it.each([
    [{}, true, "\u001b[31mx\u001b[39m"],
    [{}, false, "x"],
    [{ NO_COLOR: "1" }, true, "x"],
    [{ NO_COLOR: "" }, true, "\u001b[31mx\u001b[39m"],
    [{ TERM: "dumb" }, true, "x"],
  ])("follow %o on a terminal: %s", (env, isTerminal, shown) => {
    expect(styleOf(env, isTerminal).bad("x")).toBe(shown);
  });
});

describe("a hidden line", () => {
  const type = (...pieces: (string | Buffer)[]) => {
    const line = new HiddenLine();
    const ends = pieces.map((piece) => line.push(Buffer.from(piece)));
    return [line.text, ends.at(-1)];
  };

  it("ends with Enter, forgets with Backspace and starts anew with Ctrl-U", () => {
    expect(type("xx\u0015abé\u007fc", "\r")).toEqual(["abc", "given"]);
  });

  it("joins a character that arrives in two pieces", () => {
    const bytes = Buffer.from("é\n");
    expect(type(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(["é", "given"]);
  });

  it("is given up with Ctrl-C, and with Ctrl-D when it is empty", () => {
    expect(type("a\u0003")[1]).toBe("abandoned");
    expect(type("\u0004")[1]).toBe("abandoned");
    expect(type("a\u0004")[1]).toBeUndefined();
  });
});
