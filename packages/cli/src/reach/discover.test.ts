import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dial } from "./dial.ts";
import { discover } from "./discover.ts";
import { isRoot, type Planted, planted, stranger } from "./planted.fixture.ts";

let here: Planted;
beforeEach(() => {
  here = planted();
});
afterEach(() => here.remove());

function find(systemFolder = join(here.working, "nowhere"), uid = process.geteuid?.() ?? -1) {
  return discover({ folder: here.folder, systemFolder, uid });
}

describe("a socket of the current folder", () => {
  it("is used when folder, socket and server are the user's own and nobody else may write there", async () => {
    here.plant();
    await here.listen();
    const socket = await dial(find());
    socket.destroy();
  });

  it.each([0o720, 0o702, 0o777, 0o1777])("is refused when others may write in its folder (%o)", async (mode) => {
    here.plant();
    await here.listen();
    chmodSync(here.folder, mode);
    expect(() => find()).toThrow("others may write there");
  });

  it("is refused when the folder is a link, even to a folder of the user's own", async () => {
    here.plant();
    await here.listen();
    renameSync(here.folder, join(here.working, "real"));
    symlinkSync("real", here.folder);
    expect(() => find()).toThrow(expect.objectContaining({ exitCode: 7 }));
  });

  it("is refused when it is a link to a socket elsewhere", async () => {
    here.plant();
    await here.listen();
    renameSync(here.socketPath, join(here.working, "elsewhere"));
    symlinkSync("../elsewhere", here.socketPath);
    expect(() => find()).toThrow("is not a socket");
  });

  it("is refused when it is a file", () => {
    here.plant();
    writeFileSync(here.socketPath, "");
    expect(() => find()).toThrow("is not a socket");
  });

  it("does not lead on to the system's server when no server runs on the folder", () => {
    here.plant();
    expect(() => find()).toThrow(expect.objectContaining({ exitCode: 6 }));
    expect(() => find()).toThrow("no server runs");
  });

  it("stays the one that was checked when the folder is replaced before the connection is made", async () => {
    here.plant();
    await here.listen();
    const reach = find();
    renameSync(here.folder, join(here.working, "moved"));
    mkdirSync(here.folder);
    (await dial(reach)).destroy();
  });

  describe.skipIf(!isRoot)("with somebody else's hand in it (needs root)", () => {
    it("is refused when the folder belongs to another user", async () => {
      here.plant(0o700, stranger);
      await here.listen();
      expect(() => find()).toThrow(`belongs to uid ${stranger}`);
    });

    it("is refused when the socket's file belongs to another user", async () => {
      here.plant();
      await here.listen();
      chownSync(here.socketPath, stranger, stranger);
      expect(() => find()).toThrow(`belongs to uid ${stranger}`);
    });

    it("is refused when another user's process serves it, although folder and file are the user's own", async () => {
      here.plant();
      chmodSync(here.folder, 0o777);
      await here.listenAs(stranger);
      chmodSync(here.folder, 0o700);
      chownSync(here.socketPath, 0, 0);
      await expect(dial(find())).rejects.toThrow(`uid ${stranger} serves it`);
    });

    it("is refused when the user is the overflow uid, which any unmapped owner looks like", async () => {
      here.plant(0o700, 65_534);
      await here.listen();
      chownSync(here.socketPath, 65_534, 65_534);
      expect(() => find(undefined, 65_534)).toThrow("is not trusted");
    });
  });
});

describe("the system's socket", () => {
  it.skipIf(!isRoot)("is used when root or holdfast serves it and nobody else may write in its folder", async () => {
    here.plant(0o755);
    await here.listen();
    const reach = discover({ folder: join(here.working, "none"), systemFolder: here.folder, uid: stranger });
    (await dial(reach)).destroy();
  });

  it.skipIf(!isRoot)("is refused when its folder belongs to an ordinary user", () => {
    here.plant(0o755, stranger);
    const places = { folder: join(here.working, "none"), systemFolder: here.folder, uid: stranger };
    expect(() => discover(places)).toThrow("is not trusted");
  });

  it("is looked for when the current folder has no data folder; without either, both places are named", () => {
    expect(() => find(join(here.working, "system"))).toThrow(/neither .*\.holdfast nor .*system/);
  });
});
