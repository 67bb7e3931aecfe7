import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("whatever moves the cursor, colours, reorders or hides text is shown instead of done", () => {
  expect(printable("\u001b[31mred\r\nnew\u007f \u202egnp.exe\ufeff")).toBe(
    "\\u{1b}[31mred\\u{d}\\u{a}new\\u{7f} \\u{202e}gnp.exe\\u{feff}",
  );
});

test("letters of any script, and what is beyond the first plane, stay as they are", () => {
  expect(printable("Zoë 東京 🔑 \\u{1b}")).toBe("Zoë 東京 🔑 \\u{1b}");
});
