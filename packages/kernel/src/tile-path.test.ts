import fc from "fast-check";
import { expect, test } from "vitest";
import { codeOf } from "./code-of.fixture.ts";
import { bundlePath, parseTilePath, tilePath } from "./tile-path.ts";

test("paths are those of C2SP tlog-tiles", () => {
  expect(tilePath(0, 1_234_067)).toBe("tile/0/x001/x234/067");
  expect(tilePath(63, 0, 1)).toBe("tile/63/000.p/1");
  expect(bundlePath(273, 112)).toBe("tile/entries/273.p/112");
  expect(bundlePath(1000)).toBe("tile/entries/x001/000");
});

test("a path names what it was made from", () => {
  const width = fc.integer({ min: 1, max: 256 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 63 }), fc.maxSafeNat(), width, (level, index, width) => {
      expect(parseTilePath(tilePath(level, index, width))).toEqual({ level, index, width });
      expect(parseTilePath(bundlePath(index, width))).toEqual({ level: "entries", index, width });
    }),
  );
});

test.each([
  "tile/0/67",
  "tile/0/1234",
  "tile/0/x000/001",
  "tile/0/x001",
  "tile/0/001/x001",
  "tile/00/001",
  "tile/64/001",
  "tile/-1/001",
  "tile/0/001.p/0",
  "tile/0/001.p/01",
  "tile/0/001.p/256",
  "tile/0/001.p/300",
  "tile/0/001.p/",
  "tile/0/x999/x999/x999/x999/x999/x999",
  "tile/0/x009/x007/x199/x254/x740/992",
  "tile/entries/../000",
  "tile/data/000",
  "/tile/0/000",
  "tile/0/000/",
])("%s names no tile", (path) => {
  expect(codeOf(() => parseTilePath(path))).toBe("tile_invalid");
});
