import type { MovedInstallation } from "@holdfast/server";
import { expect, it } from "vitest";
import { styleOf } from "../../terminal/style.ts";
import { showMove } from "./show-move.ts";

const style = styleOf({}, false);
const holds = { ok: true, size: 2, root: "00", state: { ok: true, rows: 1, unexplained: [] }, durationMs: 3 };
const moved: MovedInstallation = {
  ok: true,
  origin: "holdfast/log/a",
  size: 2,
  root: "00",
  found: "empty",
  source: holds,
  copied: { entries: 2, tiles: 0, rows: 1, checkpoints: 1 },
  target: holds,
  from: "/home/\u001b[31m/holdfast.db",
  to: "host:5432/db",
  rootKeyFile: undefined,
};

it("counts what was moved, and says what to do next, in words that no path can colour", () => {
  expect(showMove(moved, style, ["start a node"])).toBe(
    [
      "ok  source  2 entries and 1 row verified in 3 ms",
      "ok  copied  2 entries, 1 row, 0 tiles, 1 checkpoint",
      "ok  target  2 entries and 1 row verified in 3 ms, the same head",
      "",
      "host:5432/db holds the ledger now. Nothing was changed in /home/\\u{1b}[31m/holdfast.db.",
      "",
      "Next:",
      "  - start a node",
      "",
    ].join("\n"),
  );
});

it("says that a copy was there already", () => {
  expect(showMove({ ...moved, found: "copied" }, style, [])).toContain("holds the ledger already");
});

it("names what is wrong with a source, and that nothing was written", () => {
  const { copied: _, target: __, ...rest } = moved;
  const bad = { ...holds, ok: false, firstBad: { seq: 1, reason: "broken_chain" } };
  const shown = showMove({ ...rest, ok: false, source: bad }, style, ["never shown"]);
  expect(shown).toMatch(/^bad {2}entry 1: /);
  expect(shown).toContain("nothing was written to host:5432/db");
  expect(shown).not.toContain("never shown");
});

it("names what is wrong with a copy, and how to be rid of it", () => {
  const bad = { ...holds, ok: false, firstBad: { seq: 1, reason: "tile_mismatch" } };
  const shown = showMove({ ...moved, ok: false, target: bad }, style, ["never shown"]);
  expect(shown).toMatch(/^bad {2}entry 1: /);
  expect(shown).toContain("no server starts on it");
  expect(shown).not.toContain("never shown");
});
