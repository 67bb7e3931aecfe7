import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ruleTables } from "@holdfast/rules";
import { expect, test } from "vitest";
import { openStore, queryFile, testFolder } from "./events.fixture.ts";

test("a program that is killed in the middle of writing leaves whole batches, and numbers go on above them", async () => {
  const path = join(testFolder(), "events.db");
  for (let round = 0; round < 3; round++) {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL("./killed-writer.fixture.ts", import.meta.url)), path],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let said = "";
    child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
    while (said.split("\n").length < 20 * (round + 1)) await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "close");
    const head = Number(said.split("\n").at(-2));
    const { store, losses } = openStore(path, { tables: ruleTables });
    expect(losses.total).toBe(0);
    expect(store.head).toBeGreaterThanOrEqual(head);
    store.close();
    expect(queryFile(path, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    const [found] = queryFile(path, "SELECT count(*) % 20 AS rest, max(seq) AS seq FROM process_events");
    expect(found).toMatchObject({ rest: 0 });
    expect(Number(found?.["seq"])).toBeGreaterThanOrEqual(head);
  }
});
