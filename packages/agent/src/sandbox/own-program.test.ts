import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { unchangedMappings } from "./own-program.ts";

const counts = (dirtyKb: number, anonymousKb: number, swapKb: number) =>
  `Size: 8 kB\nRss: 8 kB\nPrivate_Dirty: ${dirtyKb} kB\nReferenced: 8 kB\nAnonymous: ${anonymousKb} kB\nKSM: 0 kB\nSwap: ${swapKb} kB\nSwapPss: 0 kB\nVmFlags: rd mr mw me\n`;
/** Pages are spelled as /proc/<pid>/smaps spells them, with the numbers lined up. */
const aligned = (text: string) => text.replaceAll(/^(\w+:) (\d)/gm, "$1                $2");
const mapping = (rights: string, path: string, dirtyKb = 0, anonymousKb = 0, swapKb = 0) =>
  `55d0-55d8 ${rights} 00001000 fe:00 1234                        ${path}\n${aligned(counts(dirtyKb, anonymousKb, swapKb))}`;

test("only mappings of the file that are as it is, and cannot be written to, are let go of", () => {
  const kept = [
    mapping("rw-p", "/usr/bin/node"),
    mapping("r--s", "/usr/bin/node"),
    mapping("r--p", "/usr/bin/node", 4, 4),
    mapping("r--p", "/usr/bin/node", 0, 4),
    mapping("r--p", "/usr/bin/node", 0, 0, 4),
    mapping("r-xp", "/usr/lib/libc.so.6"),
    mapping("r-xp", "/usr/bin/node (deleted)"),
  ];
  expect(unchangedMappings(kept.join(""), "/usr/bin/node")).toEqual([]);
  const text = [...kept, mapping("r-xp", "/usr/bin/node"), mapping("r--p", "/usr/bin/node")].join("");
  const expected = { address: 0x55d0n, bytes: 8n };
  expect(unchangedMappings(text, "/usr/bin/node")).toEqual([expected, expected]);
});

test.skipIf(process.platform !== "linux")(
  "a process that lets go of its program runs on with less (needs Linux)",
  () => {
    const script = `
    import { readFileSync } from "node:fs";
    import koffi from "koffi";
    import { letGoOfProgram } from ${JSON.stringify(fileURLToPath(new URL("own-program.ts", import.meta.url)))};
    const rssFile = () => Number(/^RssFile:\\s+(\\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))[1]);
    const advise = koffi.load(null).func("int madvise(uintptr_t address, size_t length, int advice)");
    const before = rssFile();
    letGoOfProgram(advise);
    const after = rssFile();
    console.log(JSON.stringify({ before, after, sum: Array.from({ length: 1e5 }, (_, n) => n).reduce((a, b) => a + b) }));
  `;
    const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      encoding: "utf8",
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { before, after, sum } = JSON.parse(stdout) as { before: number; after: number; sum: number };
    expect(sum).toBe(4_999_950_000);
    expect(after).toBeLessThan(before);
  },
);
