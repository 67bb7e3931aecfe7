import { chmodSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dial } from "./dial.ts";
import { discoverAgent } from "./discover-agent.ts";
import { isRoot, type Planted, planted, stranger } from "./planted.fixture.ts";

let here: Planted;
let dataFolder: string;
beforeEach(() => {
  here = planted("agent");
  dataFolder = join(here.working, ".holdfast");
});
afterEach(() => here.remove());

const find = (systemFolder = join(here.working, "nowhere")) =>
  discoverAgent({ folder: dataFolder, systemFolder, uid: process.geteuid?.() ?? -1 });

describe("an agent's socket in the current folder", () => {
  it("is used when both folders, socket and agent are the user's own", async () => {
    here.plant();
    await here.listen();
    const reach = find();
    expect(reach.shownPath).toBe(join(dataFolder, "agent", "socket"));
    (await dial(reach)).destroy();
  });

  it.each([0o720, 0o777])("is refused when others may write in either folder (%o)", async (mode) => {
    here.plant();
    await here.listen();
    chmodSync(here.folder, mode);
    expect(() => find()).toThrow(`${here.folder} is not trusted: others may write there`);
    chmodSync(here.folder, 0o700);
    chmodSync(dataFolder, mode);
    expect(() => find()).toThrow(`${dataFolder} is not trusted: others may write there`);
  });

  it("is refused when either folder is a link", async () => {
    here.plant();
    await here.listen();
    renameSync(here.folder, join(dataFolder, "real"));
    symlinkSync("real", here.folder);
    expect(() => find()).toThrow("is not a real folder");
    renameSync(dataFolder, join(here.working, "moved"));
    symlinkSync("moved", dataFolder);
    expect(() => find()).toThrow("is not a real folder");
  });

  it("stays the one that was checked when the folder is replaced before the connection is made", async () => {
    here.plant();
    await here.listen();
    const reach = find();
    renameSync(here.folder, join(dataFolder, "moved"));
    mkdirSync(here.folder);
    (await dial(reach)).destroy();
  });

  it("does not lead on to the system's agent when its own does not run", () => {
    here.plant();
    expect(() => find()).toThrow(expect.objectContaining({ exitCode: 6 }));
    expect(() => find()).toThrow("no agent runs on");
  });

  it.skipIf(!isRoot)("is refused when the folder belongs to another user (needs root)", async () => {
    here.plant(0o700, stranger);
    await here.listen();
    expect(() => find()).toThrow(`belongs to uid ${stranger}`);
  });
});

describe("the system's agent", () => {
  it.skipIf(!isRoot)("is asked where the data folder has none of its own (needs root)", async () => {
    const system = planted();
    try {
      system.plant(0o755);
      await system.listen();
      (await dial(find(system.folder))).destroy();
    } finally {
      system.remove();
    }
  });

  it("and where there is neither, both places are named", () => {
    expect(() => find()).toThrow(/neither .*\.holdfast\/agent nor .*nowhere\/socket/);
  });
});
