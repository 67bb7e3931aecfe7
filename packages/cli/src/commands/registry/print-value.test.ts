import { expect, it } from "vitest";
import { stage } from "../../context.fixture.ts";
import { printValue, type Valued } from "./print-value.ts";

function shown(valued: Valued, isTerminal: boolean, isRaw = false): string {
  const staged = stage({ isTerminal });
  printValue(staged.context.output, valued, isRaw);
  return staged.outBytes().toString("latin1");
}

it("prints text as it is to a pipe, and with a final newline on a terminal", () => {
  expect(shown({ value: "hello" }, false)).toBe("hello");
  expect(shown({ value: "hello" }, true)).toBe("hello\n");
});

it("prints other JSON in one line", () => {
  expect(shown({ value: { a: [1, null] } }, false)).toBe('{"a":[1,null]}');
});

it("shows control characters of a value escaped on a terminal, unless the raw bytes are asked for", () => {
  expect(shown({ value: "a\u001b]0;x\u0007" }, true)).toBe("a\\u{1b}]0;x\\u{7}\n");
  expect(shown({ value: "a\u001b]0;x\u0007" }, true, true)).toBe("a\u001b]0;x\u0007");
});

it("writes bytes to a pipe and refuses to on a terminal, unless the raw bytes are asked for", () => {
  const bytes: Valued = { value: "/wA=", encoding: "base64" };
  expect(shown(bytes, false)).toBe("\u00ff\u0000");
  expect(() => shown(bytes, true)).toThrow("which a terminal cannot show");
  expect(shown(bytes, true, true)).toBe("\u00ff\u0000");
});
